// What happens each hour to what is held: it is remembered, dropped when its time is over, and once
// a day the postmaster is told.
#pragma once

#include <cstddef>
#include <string>

#include "app/held_messages.h"
#include "core/base/result.h"

namespace backstop::app {

struct Expiry {
  const config::Config& config;
  const std::string& root;
  mta::HeldQueue& queue;
  const HeldSurvey& survey;
  transaction::HeldBook book;
  Instant now{};
};

struct Expired {
  std::size_t held = 0;     // Ours that are still held.
  std::size_t expired = 0;  // Dropped now.
  std::size_t failed = 0;   // Could not be; they are tried again.
  std::string told;         // The postmaster's address, when a letter went out.
};

// Dropping cannot be undone and a clock may be wrong: a message is dropped only when an earlier
// run, a day before at least, found its time over as well, its header shows that we judged it, and
// no run drops anything when the clock went back or far ahead since the run before.

// Only counts what would be dropped now.
Expired look_for_expired(const Expiry& expiry);
// Drops what is ours and past its time, as said above; nobody is told of that but the postmaster,
// by one letter a day while there is something to tell, handed to the server's own sendmail
// program.  Errors: the book cannot be written, the letter is not taken.
Result<Expired> expire(Expiry& expiry);

}  // namespace backstop::app
