// Limits of what a mail server holds for us; part of core/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>

namespace backstop::limits {

// Held messages that are looked at, and what the server's listing of them may print: some 500
// bytes each.
inline constexpr std::size_t kHeldMessages = 100'000;
inline constexpr std::size_t kHeldListBytes = std::size_t{64} * 1024 * 1024;
// Recipients of one that are shown.
inline constexpr std::size_t kHeldRecipients = 20;
// What is read of one: reports are far shorter.
inline constexpr std::size_t kHeldTextBytes = std::size_t{1024} * 1024;
// Headers that one listing reads, by some servers with a program started for each.  Ours first.
inline constexpr std::size_t kHeldHeaders = 2000;
// Of a subject; a line of a header has no more (RFC 5322 §2.1.1).
inline constexpr std::size_t kHeldSubjectBytes = 998;
// How long is waited for a delivery before the next is begun beside it.
inline constexpr std::chrono::seconds kHeldDeliveryWait{10};
// The file that remembers what we hold; a line has some 120 bytes.
inline constexpr std::size_t kHeldBookBytes = std::size_t{16} * 1024 * 1024;

}  // namespace backstop::limits
