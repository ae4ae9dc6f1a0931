#include "core/simulation/outcome.h"

#include "core/base/assert.h"

namespace backstop::simulation {
namespace {

std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
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
