// What the doors for requests know of one address: whether its tag is ours, whom mail for it is
// for, and what a sender's tag is.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "core/mail/address.h"
#include "core/transaction/events.h"
#include "core/transaction/transaction.h"

namespace backstop::mta {

enum class TagState : std::uint8_t {
  None,       // No tag of ours: not of a guarded domain, no tag, or one that names no key of ours.
  Authentic,  // Within its lifetime.
  Late,       // Made with a key of ours, past its lifetime.
  Forged,     // It names a key of ours and was not made with it.
  KeysAway,   // It has the form of ours, and there are no keys to hold it against.
  Withheld,   // Whoever asks has tried too many (address_world.h).
};

struct TagFinding {
  TagState state = TagState::None;
  mail::Address plain;  // Authentic and Late: whom mail for the address is for.

  bool authentic() const { return state == TagState::Authentic || state == TagState::Late; }
};

// `address` as mail::parse_path takes it.
TagFinding find_tag(std::string_view address, const transaction::Surroundings& surroundings,
                    Instant now);

// Whether a forged tag is refused: only where its domain enforces, while a key signs, and not at a
// time when every domain observes.
bool refuses_forged_tag(std::string_view address, const transaction::Surroundings& surroundings);

// The sender with its tag for a message submitted on `day`.  Nothing when it goes as it is:
// transaction::tag_sender has the reasons.  `recipient_domain`: "" when it is not known; a day in
// the future, or longer ago than any queue keeps a message, is today.
std::optional<std::string> make_tag(std::string_view sender, std::optional<std::uint32_t> day,
                                    std::string_view recipient_domain,
                                    const transaction::SigningPermit& permit,
                                    const transaction::Surroundings& surroundings, Instant now);

// Whether make_tag could give one: else no permit need be asked for.
bool may_be_tagged(std::string_view sender, const transaction::Surroundings& surroundings);

}  // namespace backstop::mta
