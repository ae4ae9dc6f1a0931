#include "core/watch/change.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/watch/event.h"

namespace backstop::watch {
namespace {

constexpr std::array<std::string_view, kAttackKinds> kKindNames = {
    "backscatter", "dictionary", "callout", "own-newsletter", "helpdesk"};

std::string say_count(std::uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string say_span(Seconds span) {
  const auto seconds = span.count();
  if (seconds < 90) return fmt::format("{} s", seconds);
  if (seconds < 5400) return fmt::format("{} min", (seconds + 30) / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h", (seconds + 1800) / 3600);
  return fmt::format("{} d", (seconds + 43200) / 86400);
}

std::string say_counted(const Change& change) {
  const Figures& f = change.figures;
  const std::string clients = say_count(f.clients, "server", "servers");
  const std::string span = say_span(f.over);
  switch (change.kind) {
    case AttackKind::Backscatter:
      return fmt::format("{} from {} in {}",
                         say_count(f.count, "forged-sender bounce", "forged-sender bounces"),
                         clients, span);
    case AttackKind::Dictionary:
      return fmt::format("{} from {} in {}, with senders of their own",
                         say_count(f.count, "unknown recipient", "unknown recipients"), clients,
                         span);
    case AttackKind::Callout:
      return fmt::format("{} from {} in {}: they asked for an address and sent nothing",
                         say_count(f.count, "call-out", "call-outs"), clients, span);
    case AttackKind::OwnNewsletter:
      return fmt::format("{} from {} in {}: they answer mail that did leave here",
                         say_count(f.count, "bounce of our own mail", "bounces of our own mail"),
                         clients, span);
    case AttackKind::HelpDesk:
      return fmt::format("{} to one mailbox in {}: somebody opens tickets in its name",
                         say_count(f.count, "ticket acknowledgement", "ticket acknowledgements"),
                         span);
  }
  return "";
}

std::string say_raised(const Change& change) {
  const Figures& f = change.figures;
  std::string out = say_counted(change);
  if (change.path == Path::Connections)
    return out + fmt::format(", with {:.1f} times the usual connections", f.factor);
  if (f.normal_per_hour > 0)
    out += fmt::format(", normally {}/h", std::lround(std::max(1.0, f.normal_per_hour)));
  return out;
}

std::string say_all_clear(const Change& change) {
  if (!change.all_clear) return fmt::format("over after {}", say_span(change.at - change.since));
  const std::string quiet = fmt::format("below twice the normal rate for {}",
                                        say_span(change.at - change.all_clear->quiet_since));
  if (!change.all_clear->newest_original) return quiet + ", and nothing that came back has a date";
  return fmt::format("{}, and the newest original that came back is {} old", quiet,
                     say_span(change.at - *change.all_clear->newest_original));
}

}  // namespace

std::string_view name_of(AttackKind kind) {
  return kKindNames.at(static_cast<std::size_t>(kind));
}

std::optional<AttackKind> parse_attack_kind(std::string_view name) {
  for (std::size_t i = 0; i < kKindNames.size(); ++i) {
    if (kKindNames.at(i) == name) return static_cast<AttackKind>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Path path) {
  switch (path) {
    case Path::Fast:
      return "fast";
    case Path::Slow:
      return "slow";
    case Path::Connections:
      return "connections";
  }
  return "";
}

std::string_view name_of(AddressState state) {
  switch (state) {
    case AddressState::Unknown:
      return "unknown";
    case AddressState::Exists:
      return "exists";
    case AddressState::Nonexistent:
      return "nonexistent";
    case AddressState::Retired:
      return "retired";
  }
  return "";
}

std::string_view name_of(Change::What what) {
  switch (what) {
    case Change::What::AlarmRaised:
      return "alarm-raised";
    case Change::What::AlarmEnded:
      return "alarm-ended";
    case Change::What::RunBegun:
      return "run-begun";
    case Change::What::RunGrown:
      return "run-grown";
    case Change::What::RunMerged:
      return "run-merged";
    case Change::What::RunEnded:
      return "run-ended";
  }
  return "";
}

std::string say(const Change& change) {
  switch (change.what) {
    case Change::What::AlarmRaised:
      return say_raised(change);
    case Change::What::AlarmEnded:
      return say_all_clear(change);
    case Change::What::RunBegun:
      return fmt::format("run {} begins, first seen at {}", change.run, change.domain);
    case Change::What::RunGrown:
      return fmt::format("run {} has {} answers, the last to {}", change.run, change.figures.count,
                         change.domain);
    case Change::What::RunMerged:
      return fmt::format("run {} is a part of run {}", change.run, change.into);
    case Change::What::RunEnded:
      return fmt::format("run {} is over: {}", change.run, say_all_clear(change));
  }
  return "";
}

}  // namespace backstop::watch
