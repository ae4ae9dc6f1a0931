// The rows of the ledger's day tables as numbers (docs/formats/ledger.md).  Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/base/time.h"
#include "core/proof/sent.h"

namespace backstop::store {

// UTC days since 1970-01-01; the name of a table.
using DayNumber = std::int32_t;

DayNumber day_of(Instant instant);
Instant start_of(DayNumber day);

// What a row stands for.
enum class RowKind : std::uint8_t { Message, QueueId, Pair };

// Entries are at least kEntryBit, so that one comparison tells them from pairs; those of queue ids
// are at least kEntryBit + kQueueIdBit.
inline constexpr std::int64_t kEntryBit = std::int64_t{1} << 62;
inline constexpr std::int64_t kQueueIdBit = std::int64_t{1} << 61;
// More recipients are kept as so many.
inline constexpr std::uint32_t kPackedRecipients = 2047;

// REQUIRES: kind is Message or QueueId.
std::int64_t pack_entry(RowKind kind, const proof::SentMessage& message);
std::int64_t pack_pair(Instant sent);
// Total: any number is of one kind.
RowKind kind_of(std::int64_t value);

// REQUIRES: kind_of(value) is not Pair.  `addressees`: at most limits::kLedgerQueryKeys are looked
// at.
proof::SentEntry unpack_entry(DayNumber day, std::int64_t value,
                              std::span<const proof::SentKey> addressees);
Instant unpack_pair(DayNumber day, std::int64_t value);

// What is left of an entry of that age: itself, `late` alone, or nothing.  A queue id is used again
// sooner than a fingerprint is dropped, so it is never late.
std::optional<proof::SentEntry> age_entry(RowKind kind, const proof::SentEntry& entry, Instant now);
// The same for a fingerprint of that day.
std::optional<proof::SentEntry> age_fingerprint(DayNumber day, Instant now);
// The same for a pair.
std::optional<Instant> age_pair(Instant sent, Instant now);

}  // namespace backstop::store
