// The limits of the doors for mail servers.  Included by core/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

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

// --- The doors for requests ---------------------------------------------------------------------

// Open connections: the processes of a large Postfix, each with one to a map and one to the policy
// service; further ones wait in the kernel's queue.
inline constexpr std::size_t kDoorConnections = 2'000;
// Silence after which a peer is dropped.  Postfix gives a connection up after five minutes without
// a request (smtpd_policy_service_max_idle) or a thousand seconds in all (ipc_ttl), Sendmail when
// its process ends.
inline constexpr std::chrono::seconds kDoorIdle{3600};
// Silence allowed before the first request: Exim sends it at once, Postfix connects when it has
// one.
inline constexpr std::chrono::seconds kDoorFirstRequest{60};
// How long a graceful stop waits for a message that Exim hands over, and for a request begun.
inline constexpr std::chrono::seconds kDoorDrain{10};
inline constexpr std::chrono::milliseconds kDoorDrainIdle{200};
// A request to a map: its name and one address (kPathBytes), with room for what a map is asked by
// mistake.  Postfix takes replies of up to 100,000 bytes.
inline constexpr std::size_t kMapRequestBytes = 4096;
// A request of the policy protocol.  Postfix 3.7 sends 29 lines; its values are short but for names
// out of certificates and of clients that log in.
inline constexpr std::size_t kPolicyLineBytes = 16 * 1024;
inline constexpr std::size_t kPolicyLines = 200;
// A line from Exim.  The longest asks for a token: in base64 the header, of which Exim shows 64 KiB
// (header_insert_maxlen), and a thousand recipients.
inline constexpr std::size_t kLineRequestBytes = 2 * 1024 * 1024;
// The head of a message from Exim: a line for each recipient, which nothing limits by default.
inline constexpr std::size_t kRspamcLineBytes = 8 * 1024;
inline constexpr std::size_t kRspamcHeadBytes = 8 * 1024 * 1024;
// The message itself is not kept, so this only says what no message is.
inline constexpr std::uint64_t kRspamcMessageBytes = std::uint64_t{1} << 40;
// Bytes a conversation queues while the answer to a question is awaited: what one read may bring,
// twice.
inline constexpr std::size_t kDoorQueuedBytes = 2 * kLoopReadBytes;

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
