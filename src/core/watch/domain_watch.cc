#include "core/watch/domain_watch.h"

#include <algorithm>
#include <cmath>

namespace backstop::watch {
namespace {

// Of the answers to a mailing of ours so large a share may be past proving.
constexpr std::uint64_t kUnprovableShare = 2;
// Call-outs that were let in tell what those are that were not: four in five of what was let in
// sent nothing.
constexpr std::size_t kCalloutLeast = 10;
constexpr std::size_t kCalloutShare = 4;
// A week of spans, over which what is usual is smoothed, and a bound against a slow start.
constexpr double kSpansPerWeek = 7.0 * 86'400 / kDictionarySpan;
constexpr double kDictionaryUsualMost = 500;

template <class Made>
Made& made(std::unique_ptr<Made>& part) {
  if (part == nullptr) part = std::make_unique<Made>();
  return *part;
}

}  // namespace

template <std::size_t kTimes>
std::optional<Burst> DomainWatch::find_fast(const Flow<kTimes>& flow, Second at) {
  const auto broken = [&](std::size_t most, Second span) {
    return flow.times.nth_last(most) >= std::max<Second>(before(at, span), 1) &&
           flow.clients.count_since(before(at, span)) >= kFastClients;
  };
  if (!broken(kFastFew, kFastFewSpan) && !broken(kFastMany, kFastManySpan)) return std::nullopt;
  const Second from = before(at, kFastManySpan);
  const std::size_t count = flow.times.count_since(from);
  return Burst{.count = count,
               .clients = flow.clients.count_since(from),
               .first = flow.times.nth_last(count)};
}

bool DomainWatch::is_explained(Second at, bool by_hours) {
  if (proved_ == nullptr) return false;
  const std::uint64_t proved =
      by_hours ? proved_->three_hours.count(at) : proved_->five_minutes.count(at);
  const std::uint64_t unproven =
      by_hours ? unproven_->three_hours.count(at) : unproven_->five_minutes.count(at);
  return unproven * kUnprovableShare < proved;
}

bool DomainWatch::is_callouts(Second at) const {
  if (callouts_ == nullptr) return false;
  const Second from = before(at, kFastManySpan);
  const std::size_t callouts = callouts_->times.count_since(from);
  return callouts >= kCalloutLeast &&
         callouts > kCalloutShare * unproven_->messages.count_since(from);
}

std::optional<Burst> DomainWatch::find_slow(Second at) {
  const Second from = before(at, kSlowSpan);
  if (unproven_->times.nth_last(kSlowMany) < std::max<Second>(from, 1)) return std::nullopt;
  const std::size_t clients = unproven_->clients.count_since(from);
  if (clients < kSlowClients) return std::nullopt;
  double normal = 0;
  for (Second back = 0; back < kSlowSpan; back += 3600)
    normal += baseline_.normal(hour_of(before(at, back)));
  const std::uint64_t count = std::max<std::uint64_t>(unproven_->three_hours.count(at), kSlowMany);
  if (static_cast<double>(count) < kSlowFactor * normal) return std::nullopt;
  return Burst{.count = count, .clients = clients, .first = unproven_->times.nth_last(kSlowMany)};
}

std::optional<Burst> DomainWatch::on_unproven(Second at, std::uint64_t client, bool has_message,
                                              bool is_forged) {
  Unproven& flow = made(unproven_);
  flow.times.add(at);
  flow.clients.add(client, at);
  flow.three_hours.add(at);
  flow.five_minutes.add(at);
  if (has_message) flow.messages.add(at);
  if (!is_forged) baseline_.add();
  if (flow.hour != hour_of(at)) {
    flow.hour = hour_of(at);
    flow.hour_count = 0;
  }
  ++flow.hour_count;
  if (Standing* const alarm = standing(AttackKind::Backscatter)) {
    if (flow.hour_count >= std::max(kQuietHour, kQuietFactor * normal_per_hour(at)))
      alarm->loud = at;
    return std::nullopt;
  }
  if (const auto burst = find_fast(flow, at); burst && !is_explained(at, false)) {
    if (is_callouts(at)) return std::nullopt;
    path_ = Path::Fast;
    return burst;
  }
  const auto burst = find_slow(at);
  if (!burst || is_explained(at, true) || is_callouts(at)) return std::nullopt;
  path_ = Path::Slow;
  return burst;
}

std::optional<Burst> DomainWatch::on_proved(Second at, std::uint64_t client) {
  Proved& flow = made(proved_);
  flow.times.add(at);
  flow.clients.add(client, at);
  flow.three_hours.add(at);
  flow.five_minutes.add(at);
  const auto burst = find_fast(flow, at);
  if (Standing* const told = standing(AttackKind::OwnNewsletter)) {
    if (burst) told->loud = at;
    return std::nullopt;
  }
  path_ = Path::Fast;
  return burst;
}

std::optional<Burst> DomainWatch::on_callout(Second at, std::uint64_t client) {
  Flow<kFastMany>& flow = made(callouts_);
  flow.times.add(at);
  flow.clients.add(client, at);
  const auto burst = find_fast(flow, at);
  if (Standing* const alarm = standing(AttackKind::Callout)) {
    if (burst) alarm->loud = at;
    return std::nullopt;
  }
  path_ = Path::Fast;
  return burst;
}

std::optional<Burst> DomainWatch::on_dictionary(Second at, std::uint64_t client,
                                                std::uint64_t address) {
  Dictionary& flow = made(dictionary_);
  Standing* const alarm = standing(AttackKind::Dictionary);
  if (flow.smoothed == 0) flow.smoothed = at;
  if (const Second spans = (at - flow.smoothed) / kDictionarySpan; spans > 0) {
    const double share = std::pow(1 - 1 / kSpansPerWeek, spans);
    const double now = std::min<double>(flow.since, kDictionaryMany) / spans;
    if (alarm == nullptr)
      flow.usual = std::min(flow.usual * share + now * (1 - share), kDictionaryUsualMost);
    flow.smoothed += spans * kDictionarySpan;
    flow.since = 0;
  }
  ++flow.since;
  flow.times.add(at);
  flow.clients.add(client, at);
  flow.addresses.add(address, at);
  const Second from = before(at, kDictionarySpan);
  const bool is_broken = flow.times.nth_last(kDictionaryMany) >= std::max<Second>(from, 1) &&
                         flow.addresses.count_since(from) >= kDictionaryAddresses &&
                         flow.since >= kDictionaryFactor * flow.usual;
  if (alarm != nullptr) {
    if (is_broken) alarm->loud = at;
    return std::nullopt;
  }
  if (!is_broken) return std::nullopt;
  path_ = Path::Fast;
  return Burst{.count = kDictionaryMany,
               .clients = flow.clients.count_since(from),
               .first = flow.times.nth_last(kDictionaryMany)};
}

Standing& DomainWatch::raise(AttackKind kind, Standing standing) {
  if (kind == AttackKind::Backscatter) baseline_.exclude_since(hour_of(standing.first));
  auto& place = alarms_.at(index(kind));
  place = std::make_unique<Standing>(std::move(standing));
  return *place;
}

bool DomainWatch::has_alarm() const {
  return std::ranges::any_of(alarms_, [](const auto& alarm) { return alarm != nullptr; });
}

std::optional<AllClear> DomainWatch::all_clear(AttackKind kind, Second now,
                                               std::optional<Second> newest_original) const {
  const Standing& alarm = *alarms_.at(index(kind));
  AllClear out{.quiet_since = to_instant(alarm.loud), .newest_original = std::nullopt};
  if (kind != AttackKind::Backscatter)
    return now >= alarm.loud + kOtherQuietFor ? std::optional(out) : std::nullopt;
  if (newest_original) out.newest_original = to_instant(*newest_original);
  // What came back without a date was sent before it came.
  const Instant newest = out.newest_original.value_or(out.quiet_since);
  const Instant at = to_instant(now);
  if (at < out.quiet_since + kQuietFor || at <= newest + kOriginalsOlderThan) return std::nullopt;
  return out;
}

void DomainWatch::move_to(Second now) {
  baseline_.move_to(hour_of(now), standing(AttackKind::Backscatter) != nullptr);
}

void DomainWatch::forget_quiet(Second now) {
  const Second from = before(now, kSlowSpan);
  const auto is_quiet = [&](const auto& flow) {
    return flow != nullptr && flow->times.nth_last(1) < from;
  };
  if (is_quiet(unproven_)) unproven_.reset();
  if (is_quiet(proved_)) proved_.reset();
  if (is_quiet(callouts_)) callouts_.reset();
}

void DomainWatch::forget_recent() {
  unproven_.reset();
  proved_.reset();
  callouts_.reset();
  dictionary_.reset();
}

std::size_t DomainWatch::memory_bytes() const {
  std::size_t bytes = sizeof *this + name_.capacity() + baseline_.memory_bytes();
  if (unproven_ != nullptr) bytes += sizeof *unproven_;
  if (proved_ != nullptr) bytes += sizeof *proved_;
  if (callouts_ != nullptr) bytes += sizeof *callouts_;
  if (dictionary_ != nullptr) bytes += sizeof *dictionary_;
  for (const auto& alarm : alarms_)
    bytes += alarm != nullptr ? sizeof *alarm : 0;
  return bytes;
}

}  // namespace backstop::watch
