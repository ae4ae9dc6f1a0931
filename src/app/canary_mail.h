// The twins of a canary as text: two bounces of one shape, one of a letter of ours, one of a letter
// that somebody made up.
//
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/base/time.h"
#include "core/mail/address.h"

namespace backstop::app {

struct TwinMail {
  mail::Address recipient;  // Whom the bounce goes to: the sender of what it returns.
  std::string message_id;   // Of the bounce, without brackets.
  std::string pass;         // The value of Backstop-Canary.
  std::string returned;     // The header of the letter that it returns.
  Instant now{};
};

// The header of a letter as a server abroad returns it, below its own Received.  `token`: the value
// of its Backstop-Token; "" for one that never was ours.  `mark` makes its ids its own.
std::string render_returned_header(const mail::Address& sender, std::string_view mark,
                                   std::string_view token, Instant now);

// A standard report (RFC 3464), lines ended by "\n".
std::string render_twin(const TwinMail& twin);

// "Sat, 21 Nov 2026 22:00:00 +0000" (RFC 5322 §3.3).
std::string render_mail_date(Instant at);

}  // namespace backstop::app
