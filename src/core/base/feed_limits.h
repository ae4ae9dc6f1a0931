// The limits of webhooks and of the verified feed; included where they are needed.
#pragma once

#include <chrono>
#include <cstddef>

namespace backstop::limits {

// --- Webhooks -----------------------------------------------------------------------------------

// How long a connection and the whole of one delivery may take.
inline constexpr std::chrono::seconds kWebhookConnect{10};
inline constexpr std::chrono::seconds kWebhookWait{30};
// What of an answer is read; only its status counts.
inline constexpr std::size_t kWebhookAnswerBytes = 64 * 1024;
// A secret: what one would make with `openssl rand -hex 32`, and some.
inline constexpr std::size_t kWebhookSecretBytes = 4096;
inline constexpr std::size_t kWebhookSecretLeast = 16;
// The waits before a delivery is tried again, growing; the last one stays.
inline constexpr std::chrono::milliseconds kWebhookWaits[] = {
    std::chrono::seconds(1),  std::chrono::seconds(5),  std::chrono::seconds(30),
    std::chrono::minutes(2),  std::chrono::minutes(10), std::chrono::minutes(30),
    std::chrono::minutes(60),
};
// So often one document may be answered badly before those behind it are let by.
inline constexpr unsigned kWebhookTriesInFront = 4;
// Tries in a row that fail before it is an alarm: a receiver may restart.
inline constexpr unsigned kWebhookAlarmTries = 4;
// The longest that a receiver's Retry-After is heeded.
inline constexpr std::chrono::minutes kWebhookRetryAfter{60};
// What could not be delivered for so long is given up: a long weekend and a day.
inline constexpr std::chrono::hours kWebhookGiveUp{96};
// What waits for a receiver that is away: some 100,000 events.
inline constexpr std::size_t kSpoolBytes = 64 * 1024 * 1024;
// One line of it.
inline constexpr std::size_t kSpoolLineBytes = 64 * 1024;

// --- The verified feed --------------------------------------------------------------------------

// Failed recipients of one answer that are looked up and told of; further ones are not asserted.
inline constexpr std::size_t kFeedRecipients = 100;
// Lines that wait for the disk, the sockets and the spool.
inline constexpr std::size_t kFeedQueue = 10'000;
// Programs that listen at feed.socket; further ones are sent away.
inline constexpr std::size_t kFeedClients = 32;
// What waits for one of them; one that is slower is dropped.
inline constexpr std::size_t kFeedClientBytes = 1024 * 1024;

}  // namespace backstop::limits
