// The tag proof: a keyed tag in the local part of the envelope sender (BATV, the `prvs` scheme of
// draft-levine-smtp-batv-01), and what is known of a recipient that carries one.  The bytes are in
// docs/formats/tag.md.
//
// A tag is a function of sender, key and UTC day of submission, so that it is the same at every
// attempt to deliver.  It says on which day it expires, by three digits: the thousand days after
// and before are told apart by their distance.
//
// Pure: the caller brings ring and time.  Any thread.
//
// Invariants
//   (1) check_tag(sign_tag(s)) is Valid for s from its day of submission to the end of its
//       lifetime, Late afterwards while its key is kept and no thousand days have passed.
//   (2) Only a tag whose MAC is wrong under a key that it names is Invalid.
//   (3) MACs are compared with constant_time_equal, nothing else.
//   (4) Case folding of the address does not change the result.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "core/mail/address.h"
#include "core/proof/key_ring.h"
#include "core/proof/tag_dialect.h"
#include "core/proof/token.h"

namespace backstop::proof {

// The marks and the tag: what a tag adds to a local part, in both styles.
inline constexpr std::size_t kTagOctets = 16;
// RFC 5321 §4.5.3.1.1.
inline constexpr std::size_t kLocalPartOctets = 64;
// Hosts whose clocks stand on different sides of midnight.
inline constexpr Days kTagSkew{1};

enum class TagStyle : std::uint8_t {
  Prvs,        // prvs=TAG=user@domain
  SubAddress,  // user+prvs=TAG@domain
};

struct TagForm {
  TagStyle style = TagStyle::Prvs;
  char delimiter = '+';  // Of sub-addresses, as the mail server knows it.
};

// Why a sender gets no tag.
enum class TagObstacle : std::uint8_t {
  None,
  NoAddress,  // The null sender, or no domain.
  Tagged,     // It carries one, of whatever dialect, or the mark of one.
  Rewritten,  // SRS or VERP: is_rewritten_sender().
  TooLong,    // Its local part would have more than 64 octets.
};
std::string_view name_of(TagObstacle obstacle);
TagObstacle find_tag_obstacle(const mail::Address& sender);

// The sender with its tag, spelled as it came.  The tag expires `lifetime` (in whole days, rounded
// up) after the day of `submitted`.
// REQUIRES: find_tag_obstacle(sender) is None; `key` may sign at `submitted`.
mail::Address sign_tag(const mail::Address& sender, const Key& key, Instant submitted,
                       Seconds lifetime, TagForm form);

struct TagCheck {
  // Valid, Late and Invalid as in ProofResult; Absent for an address without a tag that could be
  // ours: none at all, a foreign dialect or form, or a key digit that no key here has.  Unavailable
  // is never made here: it is what a caller makes of a client that tried too many (WrongTags).
  ProofResult result = ProofResult::Absent;
  TagDialect dialect = TagDialect::None;
  mail::Address plain;  // Without the tag, whoever made it; the address itself without one.
  KeyId key = 0;        // Meaningful for Valid and Late.
  Instant submitted{};  // Meaningful for Valid and Late: the day, by our lifetime.
  // Late by our lifetime, and in date by a longer one: another host with our keys may have made it,
  // or we before the lifetime was cut.  Its three digits are those of a tag made 900 days ago as
  // well, so only where its key is younger than that.
  bool may_be_young = false;

  // Made with a key of ours, at whatever time: mail for it belongs to `plain`.
  bool authentic() const { return result == ProofResult::Valid || result == ProofResult::Late; }
};

// Judges a recipient.  Never fails.
TagCheck check_tag(const mail::Address& recipient, const KeyRing& ring, Instant now,
                   Seconds lifetime);

// Whom mail for `recipient` is for, when its tag is authentic, of any age; nothing otherwise.
std::optional<mail::Address> unsign_tag(const mail::Address& recipient, const KeyRing& ring);

// The digit by which a tag names its key: the last of its id.  Keys ten apart share one, and a tag
// is held against all of them, newest first, up to limits::kTagKeys.
unsigned tag_digit_of(KeyId id);

}  // namespace backstop::proof
