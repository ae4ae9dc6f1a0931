#include "core/watch/connection_watch.h"

#include <algorithm>

namespace backstop::watch {
namespace {

constexpr Second kHourSeconds = 3600;

}  // namespace

void ConnectionWatch::on_connection(Second at) {
  connections_.add(at);
  baseline_.move_to(hour_of(at), loud_ != 0);
  baseline_.add();
}

void ConnectionWatch::count_hit(std::string_view domain) {
  Hit* free = nullptr;
  for (Hit& hit : hits_) {
    if (hit.n > 0 && hit.domain == domain) {
      ++hit.n;
      return;
    }
    if (hit.n == 0) free = &hit;
  }
  if (free != nullptr) {
    free->domain.assign(domain);
    free->n = 1;
    return;
  }
  for (Hit& hit : hits_)
    --hit.n;
}

std::optional<ConnectionAlarm> ConnectionWatch::on_recipient(Second at, std::string_view domain,
                                                             bool is_refused, bool is_null_sender) {
  recipients_.add(at);
  if (!is_refused) return std::nullopt;
  refused_.add(at);
  if (is_null_sender) refused_null_.add(at);
  count_hit(domain);
  if (at == checked_) return std::nullopt;
  checked_ = at;
  const std::uint64_t refused = refused_.count(at);
  const std::uint64_t connections = connections_.count(at);
  const double normal = baseline_.normal_of_day(hour_of(at));
  const double usual = normal * kConnectionSpan / kHourSeconds;
  const bool is_attack = normal > 0 && connections >= kConnectionsLeast &&
                         refused >= kConnectionsLeast &&
                         static_cast<double>(connections) >= kConnectionFactor * usual &&
                         refused * 4 >= recipients_.count(at) * 3;
  if (!is_attack) {
    if (loud_ != 0 && at > loud_ + kHourSeconds) loud_ = 0;
    return std::nullopt;
  }
  const bool is_told = loud_ != 0;
  loud_ = at;
  if (is_told) return std::nullopt;
  baseline_.exclude_since(hour_of(before(at, kConnectionSpan)));
  const auto most = std::ranges::max_element(hits_, {}, &Hit::n);
  // Absence notes and tickets have senders of their own, and may be more than half of what comes
  // back of a run; who tries addresses has hardly any null sender.
  return ConnectionAlarm{.kind = refused_null_.count(at) * 4 >= refused ? AttackKind::Backscatter
                                                                        : AttackKind::Dictionary,
                         .domain = most->domain,
                         .connections = connections,
                         .refused = refused,
                         .normal_per_hour = normal,
                         .factor = static_cast<double>(connections) / usual};
}

void ConnectionWatch::forget_recent() {
  connections_ = {};
  recipients_ = {};
  refused_ = {};
  refused_null_ = {};
  checked_ = loud_ = 0;
}

}  // namespace backstop::watch
