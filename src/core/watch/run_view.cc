#include <algorithm>
#include <cmath>

#include "core/watch/run_book.h"

namespace backstop::watch {
namespace {

// Before so many answers nothing is said of why.
constexpr std::uint64_t kIntentAnswers = 10;
// Spam that is aimed at us names us in at least three of ten messages, and several servers' answers
// show it.
constexpr double kNamingShare = 0.3;
constexpr std::size_t kNamingSites = 3;
constexpr double kMostly = 0.5;
// Addresses that came back once in so many answers are a list.
constexpr double kListRepeats = 3;

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::uint64_t state_count(const Run& run, AddressState state) {
  return run.address_states.at(static_cast<std::size_t>(state));
}

AddressPattern find_run_pattern(const Run& run) {
  const std::uint64_t answers = run.answers();
  if (answers == 0) return AddressPattern::Unknown;
  if (share_of(state_count(run, AddressState::Exists), answers) > kMostly)
    return AddressPattern::Real;
  const auto share = [&](AddressPattern pattern) {
    return share_of(run.patterns.at(static_cast<std::size_t>(pattern)), answers);
  };
  if (share(AddressPattern::Random) > kMostly) return AddressPattern::Random;
  if (static_cast<double>(run.addresses.estimate()) * kListRepeats < static_cast<double>(answers))
    return AddressPattern::NameList;
  if (share(AddressPattern::FirstnameLastname) > kMostly) return AddressPattern::FirstnameLastname;
  return AddressPattern::NameList;
}

Intent find_intent(const Run& run) {
  const std::uint64_t answers = run.answers();
  if (answers < kIntentAnswers) return Intent::Unknown;
  if (run.with_text >= kIntentAnswers && run.naming_sites.count() >= kNamingSites &&
      share_of(run.names_us, run.with_text) >= kNamingShare)
    return Intent::JoeJob;
  const bool is_one_address = run.few_addresses.count() == 1;
  if (is_one_address && state_count(run, AddressState::Exists) == answers) return Intent::JoeJob;
  if (run.with_text >= kIntentAnswers) return Intent::Convenience;
  const bool is_made_up = share_of(state_count(run, AddressState::Nonexistent), answers) > kMostly;
  return is_made_up ? Intent::Convenience : Intent::Unknown;
}

Severity find_severity(std::uint64_t busiest_hour) {
  if (busiest_hour < 20) return Severity::Low;
  if (busiest_hour < 200) return Severity::Moderate;
  return busiest_hour < 1000 ? Severity::High : Severity::Severe;
}

}  // namespace

std::string_view name_of(Intent intent) {
  switch (intent) {
    case Intent::Unknown:
      return "unknown";
    case Intent::Convenience:
      return "convenience";
    case Intent::JoeJob:
      return "joe-job";
  }
  return "";
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::Low:
      return "low";
    case Severity::Moderate:
      return "moderate";
    case Severity::High:
      return "high";
    case Severity::Severe:
      return "severe";
  }
  return "";
}

RunSize estimate_size(std::uint64_t answers) {
  const auto n = static_cast<double>(answers);
  return RunSize{.low = static_cast<std::uint64_t>(std::llround(n / kHighYield)),
                 .high = static_cast<std::uint64_t>(std::llround(n / kLowYield))};
}

RunView RunBook::view_of(const Run& run, Second now) const {
  RunView out{.id = run.id,
              .first = to_instant(run.first),
              .last = to_instant(run.last),
              .answers = run.answers(),
              .messages = run.messages,
              .returned = run.returned,
              .refused = run.refused,
              .to_unknown = run.to_unknown,
              .source_knew = run.source_knew,
              .kinds = run.kinds,
              .reasons = run.reasons,
              .address_states = run.address_states,
              .pattern = find_run_pattern(run),
              .addresses = run.addresses.estimate(),
              .clients = run.clients.estimate(),
              .intent = find_intent(run),
              .severity = find_severity(run.busiest_hour),
              .busiest_hour = run.busiest_hour,
              .size = estimate_size(run.answers()),
              .clock = run.clock.view(now),
              .subjects = {},
              .link_hosts = {},
              .message_ids = {},
              .from_patterns = {},
              .domains = run.domains.top(limits::kWatchListed),
              .siblings = run.siblings.top(limits::kWatchListed),
              .languages = run.languages.top(limits::kWatchListed),
              .sources = run.sources.top(limits::kWatchListed),
              .knowing_sources = run.knowing_sources.top(limits::kWatchListed)};
  const std::array<std::vector<std::string>*, kFeatureSorts> lists = {
      &out.subjects, &out.message_ids, &out.from_patterns, &out.link_hosts};
  for (const std::uint64_t hash : run.features) {
    const auto found = features_.all().find(hash);
    if (found == features_.all().end()) continue;
    lists.at(static_cast<std::size_t>(found->second.sort))->push_back(found->second.text);
  }
  return out;
}

std::vector<RunView> RunBook::views(Second now) const {
  std::vector<RunView> out;
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run)
    out.push_back(view_of(*run->second, now));
  out.insert(out.end(), ended_.begin(), ended_.end());
  return out;
}

std::size_t RunBook::memory_bytes() const {
  constexpr std::size_t kNode = 32;  // What a table holds beside each entry.
  std::size_t bytes = features_.all().size() * (sizeof(Feature) + kNode + 64);
  for (const auto& [id, run] : runs_) {
    bytes += sizeof(Run) + 2 * (run->held_addresses.all().size() + run->held_pairs.all().size()) *
                               (sizeof(std::uint64_t) + kNode);
    for (const Tally* tally :
         {&run->domains, &run->siblings, &run->languages, &run->sources, &run->knowing_sources})
      bytes += tally->top(0).names_seen * (kNode + 128);
  }
  return bytes + ended_.size() * 16 * 1024;
}

}  // namespace backstop::watch
