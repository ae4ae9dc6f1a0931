#include "core/simulation/outcome.h"

#include <algorithm>
#include <cmath>

#include "core/base/assert.h"

namespace backstop::simulation {
namespace {

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

using watch::AttackKind;

std::uint64_t count_alarms(const std::vector<Alarm>& alarms, AttackKind kind) {
  return static_cast<std::uint64_t>(std::ranges::count(alarms, kind, &Alarm::kind));
}

std::optional<double> find_factor(const std::vector<Alarm>& alarms) {
  const auto found = std::ranges::find(alarms, watch::Path::Connections, &Alarm::path);
  if (found == alarms.end()) return std::nullopt;
  return found->factor;
}

std::optional<double> distance(std::optional<Instant> told, Instant truth) {
  if (!told) return std::nullopt;
  return std::abs(static_cast<double>((*told - truth).count()));
}

}  // namespace

std::optional<double> Outcome::measure(scenario::Figure figure) const {
  using scenario::Figure;
  const auto number = [](std::uint64_t n) { return std::optional(static_cast<double>(n)); };
  switch (figure) {
    case Figure::Sent:
      return number(sent);
    case Figure::Offered:
      return number(backscatter.offered);
    case Figure::RefusedRcpt:
      return number(backscatter.refused_rcpt);
    case Figure::RefusedEom:
      return number(backscatter.refused_eom);
    case Figure::Quarantined:
      return number(backscatter.quarantined);
    case Figure::Marked:
      return number(backscatter.marked);
    case Figure::Accepted:
      return number(backscatter.accepted);
    case Figure::StoppedOfEnough:
      return share(backscatter.enough_refused + backscatter.enough_held,
                   backscatter.returned_enough);
    case Figure::RefusedOfEnough:
      return share(backscatter.enough_refused, backscatter.returned_enough);
    case Figure::Recognised:
      return share(backscatter.recognised, backscatter.judged);
    case Figure::GenuineOffered:
      return number(genuine.offered);
    case Figure::GenuineAccepted:
      return number(genuine.accepted);
    case Figure::GenuineQuarantined:
      return number(genuine.quarantined);
    case Figure::GenuineLost:
      return number(genuine.lost);
    case Figure::OrdinaryOffered:
      return number(ordinary_offered);
    case Figure::OrdinaryLost:
      return number(ordinary_lost);
    case Figure::Replayed:
      return number(replayed);
    case Figure::Unconfirmed:
      return number(unconfirmed);
    case Figure::FalseBounced:
      return number(false_bounced);
    case Figure::AlarmsBackscatter:
      return number(count_alarms(alarms, AttackKind::Backscatter));
    case Figure::AlarmsDictionary:
      return number(count_alarms(alarms, AttackKind::Dictionary));
    case Figure::AlarmsCallout:
      return number(count_alarms(alarms, AttackKind::Callout));
    case Figure::AlarmsOwnNewsletter:
      return number(count_alarms(alarms, AttackKind::OwnNewsletter));
    case Figure::AlarmsHelpDesk:
      return number(count_alarms(alarms, AttackKind::HelpDesk));
    case Figure::AlarmsEarly:
      return number(early_alarms);
    case Figure::SecondsToAlarm:
      return seconds_to_alarm;
    case Figure::ConnectionFactor:
      return find_factor(alarms);
    case Figure::ActivityOff:
      return clock ? distance(clock->last_activity, clock->true_activity) : std::nullopt;
    case Figure::TailOff:
      return clock ? distance(clock->tail_ends, clock->true_tail) : std::nullopt;
  }
  BS_ASSERT(false);
}

std::vector<Held> Outcome::check(const std::vector<scenario::Expectation>& expected) const {
  std::vector<Held> out;
  for (const scenario::Expectation& expectation : expected) {
    const std::optional<double> found = measure(expectation.figure);
    out.push_back({expectation, found, expectation.holds(found)});
  }
  return out;
}

}  // namespace backstop::simulation
