// The limits of the doors for mail servers.  Included by core/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>

namespace backstop::limits {

// --- Doors for mail servers ---------------------------------------------------------------------

// Bytes a connection has room for while it waits: most envelopes with their headers.  A thousand
// idle connections must stay small.
inline constexpr std::size_t kConnectionWaitBytes = 2048;
// Bytes a thread reads at once of what is longer, for all its connections together: a milter's body
// chunk of 64 KiB with its frame and the command after it.
inline constexpr std::size_t kLoopReadBytes = 128 * 1024;
// Connections taken from a listening socket before others are served.
inline constexpr std::size_t kAcceptsAtOnce = 64;
// How long a question to a port may take before its answer is Unavailable.
inline constexpr std::chrono::seconds kAskWait{5};
// Open connections of the doors for requests: the processes of a large Postfix, each with one to a
// map and one to the policy service; further ones wait in the kernel's queue.
inline constexpr std::size_t kDoorConnections = 2'000;

// --- The milter door ----------------------------------------------------------------------------

// One packet.  MTAs send body chunks of 64 KiB and header fields of up to header_size_limit
// (Postfix: 100 KiB); Sendmail's largest is 1 MiB (MILTER_MDS_1M).
inline constexpr std::size_t kMilterPacketBytes = 1024 * 1024 + 64;
// Open milter connections; further ones wait in the kernel's queue.
inline constexpr std::size_t kMilterConnections = 20'000;
// Silence after which a peer is dropped.  libmilter's default is 7,210 s: Postfix may legally hold
// a connection while its SMTP client dawdles.
inline constexpr std::chrono::seconds kMilterIdle{7210};
// Silence allowed before the first packet: a real MTA negotiates at once.
inline constexpr std::chrono::seconds kMilterNegotiation{60};
// How long a graceful stop waits for messages in flight.
inline constexpr std::chrono::seconds kMilterDrain{10};
// Silence after which a graceful stop takes a connection for idle: Postfix holds connect, MAIL and
// RCPT back until DATA, so a message may have begun of which nothing has come yet.
inline constexpr std::chrono::seconds kMilterDrainIdle{3};
// Bytes a session queues while the answer to a question is awaited: what one read may bring, twice.
inline constexpr std::size_t kMilterQueuedBytes = 2 * kLoopReadBytes;
// One macro's value that is kept; queue ids and logins are shorter.
inline constexpr std::size_t kMilterMacroBytes = 512;
// An SMTP reply of ours, code included (RFC 5321 §4.5.3.1.5).
inline constexpr std::size_t kMilterReplyBytes = 512;

}  // namespace backstop::limits
