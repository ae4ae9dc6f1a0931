#include "edge/store/sent_row.h"

#include <algorithm>

#include "core/base/limits.h"

namespace backstop::store {
namespace {

constexpr int kListShift = 60;
constexpr int kRecipientsShift = 49;
constexpr int kSecondShift = 32;
constexpr std::uint64_t kSecondMask = (std::uint64_t{1} << 17) - 1;
constexpr std::uint64_t kSenderMask = 0xffff'ffff;

std::uint64_t second_of_day(Instant instant) {
  return static_cast<std::uint64_t>((instant - start_of(day_of(instant))).count());
}

}  // namespace

DayNumber day_of(Instant instant) {
  return static_cast<DayNumber>(std::chrono::floor<Days>(instant).time_since_epoch().count());
}
Instant start_of(DayNumber day) {
  return Instant{Days{day}};
}

std::int64_t pack_entry(RowKind kind, const proof::SentMessage& message) {
  std::uint64_t bits = static_cast<std::uint64_t>(kEntryBit);
  if (kind == RowKind::QueueId) bits |= static_cast<std::uint64_t>(kQueueIdBit);
  if (message.is_list) bits |= std::uint64_t{1} << kListShift;
  bits |= std::uint64_t{std::min(message.recipient_count, kPackedRecipients)} << kRecipientsShift;
  bits |= second_of_day(message.sent) << kSecondShift;
  bits |= message.sender & kSenderMask;
  return static_cast<std::int64_t>(bits);
}

std::int64_t pack_pair(Instant sent) {
  return static_cast<std::int64_t>(second_of_day(sent));
}

RowKind kind_of(std::int64_t value) {
  if (value < kEntryBit) return RowKind::Pair;
  return value < kEntryBit + kQueueIdBit ? RowKind::Message : RowKind::QueueId;
}

proof::SentEntry unpack_entry(DayNumber day, std::int64_t value,
                              std::span<const proof::SentKey> addressees) {
  const auto bits = static_cast<std::uint64_t>(value);
  proof::SentEntry entry;
  entry.sent =
      start_of(day) + Seconds{static_cast<std::int64_t>(bits >> kSecondShift & kSecondMask)};
  entry.recipient_count = static_cast<std::uint32_t>(bits >> kRecipientsShift) & kPackedRecipients;
  entry.is_list = (bits >> kListShift & 1) != 0;
  entry.same_sender =
      std::ranges::any_of(addressees.first(std::min(addressees.size(), limits::kLedgerQueryKeys)),
                          [&](proof::SentKey key) { return ((key ^ bits) & kSenderMask) == 0; });
  return entry;
}

Instant unpack_pair(DayNumber day, std::int64_t value) {
  return start_of(day) +
         Seconds{static_cast<std::int64_t>(static_cast<std::uint64_t>(value) & kSecondMask)};
}

std::optional<proof::SentEntry> age_entry(RowKind kind, const proof::SentEntry& entry,
                                          Instant now) {
  const Seconds age = now - entry.sent;
  if (age <= proof::kLedgerRowDays) return entry;
  if (kind == RowKind::QueueId || age > proof::kLedgerFingerprintDays) return std::nullopt;
  proof::SentEntry late;
  late.late = true;
  return late;
}

std::optional<proof::SentEntry> age_fingerprint(DayNumber day, Instant now) {
  if (now - start_of(day) > proof::kLedgerFingerprintDays + Days{1}) return std::nullopt;
  proof::SentEntry late;
  late.late = true;
  return late;
}

std::optional<Instant> age_pair(Instant sent, Instant now) {
  if (now - sent > proof::kLedgerRowDays) return std::nullopt;
  return sent;
}

}  // namespace backstop::store
