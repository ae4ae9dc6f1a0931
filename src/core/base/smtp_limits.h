// The limits of what an SMTP server may answer us.  Included by core/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>

namespace backstop::limits {

// A reply's line has 512 octets (RFC 5321 §4.5.3.1.5); servers write longer ones.
inline constexpr std::size_t kSmtpReplyLineBytes = 4096;
// Lines of one reply: EHLO's, of a server with many extensions.
inline constexpr std::size_t kSmtpReplyLines = 100;
// How long a command is waited for.  RFC 5321 §4.5.3.2 gives minutes, which a person at a terminal
// does not; greylists and tarpits take some of it.
inline constexpr std::chrono::seconds kSmtpWait{30};
// The same for the canary, which comes again soon; its thread ends no sooner than it does.
inline constexpr std::chrono::seconds kCanaryWait{10};

}  // namespace backstop::limits
