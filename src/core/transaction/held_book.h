// What we had the mail server hold, as a file remembers it for as long as it is held: the history
// forgets a message after history.days, and then nothing else could tell it from one that an
// administrator put on hold.  docs/formats/held.md.
//
// A value; pure.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace backstop::transaction {

struct HeldEntry {
  Instant arrived{};  // By the server's listing: an id may be used again.
  std::string verdict;
  std::string kind;
  std::string reasons;  // With commas between.
  // When a run first found its time over; nothing while it is not.
  std::optional<Instant> overdue;
  bool operator==(const HeldEntry&) const = default;
};

struct HeldBook {
  std::optional<Instant> notified;                        // When the postmaster was last told.
  std::size_t expired = 0;                                // Dropped for their age since then.
  std::optional<Instant> ran;                             // When expiry last looked.
  std::map<std::string, HeldEntry, std::less<>> entries;  // By queue id.
  bool operator==(const HeldBook&) const = default;
};

// Total: lines that are none of ours are passed over and counted in `unreadable`, if given.  At
// most limits::kHeldMessages entries.
HeldBook parse_held_book(std::string_view text, std::size_t* unreadable = nullptr);
// The same again from it.  REQUIRES: no text in it holds white space or is empty but `reasons`.
std::string render_held_book(const HeldBook& book);

}  // namespace backstop::transaction
