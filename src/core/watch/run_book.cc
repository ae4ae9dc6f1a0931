#include "core/watch/run_book.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"

namespace backstop::watch {
namespace {

constexpr Second kDaySeconds = 86'400;
constexpr Second kSilence = 2 * kDaySeconds;
constexpr Second kOldOriginal = 5 * kDaySeconds;
// New domains of a run that are told of one by one.
constexpr std::uint32_t kToldDomains = 32;

// Which runs the features of one message speak for.
struct Votes {
  struct Vote {
    std::uint32_t run = 0;
    unsigned n = 0;
    bool is_telling = false;
  };
  std::array<Vote, 3 + limits::kWatchLinks> votes{};

  void add(std::uint32_t run, bool is_telling) {
    for (Vote& vote : votes) {
      if (vote.run != 0 && vote.run != run) continue;
      vote.run = run;
      ++vote.n;
      vote.is_telling = vote.is_telling || is_telling;
      return;
    }
  }
  // 0 when a From alone speaks.
  std::uint32_t winner() const {
    const Vote* best = nullptr;
    for (const Vote& vote : votes) {
      if (vote.is_telling && (best == nullptr || vote.n > best->n)) best = &vote;
    }
    return best == nullptr ? 0 : best->run;
  }
};

bool is_ripe(const Feature& feature, std::uint32_t messages, std::size_t clients) {
  return feature.run == 0 && feature.ours == 0 && is_telling(feature.sort) &&
         feature.n >= messages && feature.clients.count() >= clients;
}

// 10, 100, 1000 were reached.
bool is_tenfold(std::uint64_t before, std::uint64_t now) {
  for (std::uint64_t step = 100; step <= now; step *= 10) {
    if (before < step) return true;
  }
  return false;
}

}  // namespace

const Run* RunBook::find(std::uint32_t run) const {
  const auto found = runs_.find(run);
  return found == runs_.end() ? nullptr : found->second.get();
}

std::uint32_t RunBook::resolve(std::uint32_t run) const {
  for (std::size_t steps = 0; run != 0 && steps <= ended_.size(); ++steps) {
    if (runs_.contains(run)) return run;
    const auto found =
        std::ranges::find_if(ended_, [&](const RunView& one) { return one.id == run; });
    run = found == ended_.end() ? 0 : found->merged_into;
  }
  return 0;
}

const Run& RunBook::begin(std::string_view domain, Second first, Second at,
                          std::vector<Change>& changes) {
  if (runs_.size() >= limits::kWatchRuns) {
    const auto oldest =
        std::ranges::min_element(runs_, {}, [](const auto& one) { return one.second->last; });
    end(oldest->first, at, all_clear_of(oldest->first), changes);
  }
  auto run = std::make_unique<Run>();
  run->id = ++last_id_;
  run->first = run->last = first;
  run->domains_seen.add(hash_address("", domain, 0), at);
  run->domain_count = 1;
  has_new_marks_ = has_new_domains_ = true;
  Run& begun = *runs_.emplace(run->id, std::move(run)).first->second;
  changes.push_back(Change{.what = Change::What::RunBegun,
                           .at = to_instant(at),
                           .domain = std::string(domain),
                           .since = to_instant(first),
                           .run = begun.id});
  return begun;
}

std::vector<std::uint32_t> RunBook::of_domain(std::string_view domain) const {
  const std::uint64_t hash = hash_address("", domain, 0);
  std::vector<std::uint32_t> out;
  for (const auto& [id, run] : runs_) {
    if (run->domains_seen.contains_since(hash, 0) || run->domain_count > kToldDomains)
      out.push_back(id);
  }
  return out;
}

bool RunBook::may_attach(const Run& run, const Feature& feature) const {
  const std::uint64_t share = run.features.empty() ? kFirstMarkShare : kMarkShare;
  if (feature.n * share < run.returned) return false;
  std::size_t same_sort = 0;
  for (const std::uint64_t hash : run.features) {
    const auto found = features_.all().find(hash);
    if (found != features_.all().end() && found->second.sort == feature.sort) ++same_sort;
  }
  return same_sort < limits::kWatchRunFeatures;
}

void RunBook::attach(Run& run, std::uint64_t hash, Feature& feature) {
  feature.run = run.id;
  run.features.push_back(hash);
  run.are_marks_new = has_new_marks_ = true;
}

void RunBook::tell_growth(const Run& run, std::uint64_t before, std::uint32_t domains_before,
                          const Event& event, Second at, std::vector<Change>& changes) const {
  const bool has_new_domain = run.domain_count > domains_before && run.domain_count <= kToldDomains;
  if (!has_new_domain && !is_tenfold(before, run.answers())) return;
  changes.push_back(Change{.what = Change::What::RunGrown,
                           .at = to_instant(at),
                           .domain = std::string(event.domain),
                           .since = to_instant(run.first),
                           .figures = {.count = run.answers(),
                                       .clients = run.clients.estimate(),
                                       .over = Seconds(run.last - run.first)},
                           .run = run.id});
}

std::uint32_t RunBook::add_message(const Event& event, const EventKeys& keys, Second at,
                                   std::uint32_t alarm_run, std::vector<Change>& changes) {
  const FeatureTexts texts(event, seed_);
  features_.make_room(texts.size());
  Votes votes;
  const FeatureText* ripe = nullptr;
  for (const FeatureText& text : texts) {
    const Feature& feature = features_.count(text, at, keys.client);
    if (feature.run != 0) votes.add(feature.run, is_telling(text.sort));
    const bool begins = alarm_run != 0 ? is_ripe(feature, kMarkMessages, kMarkClients)
                                       : is_ripe(feature, kQuietRunMessages, kQuietRunClients);
    if (begins && ripe == nullptr) ripe = &text;
  }
  std::uint32_t id = votes.winner();
  const Run* const alarmed = find(alarm_run);
  const bool is_unmarked = alarmed != nullptr && alarmed->features.empty();
  if (id != 0 && is_unmarked && id != alarm_run) merge(alarm_run, id, at, changes);
  if (id == 0 && is_unmarked) id = alarm_run;
  if (id == 0 && texts.empty() && alarmed != nullptr &&
      (event.address == AddressState::Nonexistent || alarmed->held_pairs.holds(keys.pair)))
    id = alarm_run;
  if (id == 0 && ripe != nullptr) id = begin(event.domain, at, at, changes).id;
  if (id == 0) return 0;
  Run& run = *runs_.at(id);
  const std::uint64_t answers = run.answers();
  const std::uint32_t domains = run.domain_count;
  run.count_message(event, keys, at, !texts.empty());
  see_growth(run, domains);
  for (const FeatureText& text : texts) {
    Feature& feature = *features_.find(text.hash);
    const bool is_common = feature.run == 0 && feature.ours == 0 && feature.n >= kMarkMessages &&
                           feature.clients.count() >= kMarkClients;
    if (is_common && may_attach(run, feature)) attach(run, text.hash, feature);
  }
  tell_growth(run, answers, domains, event, at, changes);
  return id;
}

void RunBook::add_refused(const Event& event, const EventKeys& keys, Second at,
                          std::uint32_t alarm_run, std::vector<Change>& changes) {
  const auto found = runs_.find(alarm_run);
  if (found == runs_.end()) return;
  Run& run = *found->second;
  const std::uint64_t answers = run.answers();
  const std::uint32_t domains = run.domain_count;
  run.count_refused(event, keys, at);
  see_growth(run, domains);
  tell_growth(run, answers, domains, event, at, changes);
}

void RunBook::add_ours(const Event& event, Second at) {
  const FeatureTexts texts(event, seed_);
  features_.make_room(texts.size());
  for (const FeatureText& text : texts) {
    Feature& feature = features_.count_ours(text, at);
    const auto run = runs_.find(std::exchange(feature.run, 0));
    if (run == runs_.end()) continue;
    std::erase(run->second->features, text.hash);
    run->second->are_marks_new = has_new_marks_ = true;
  }
}

void RunBook::merge(std::uint32_t part, std::uint32_t into, Second at,
                    std::vector<Change>& changes) {
  const auto found = runs_.find(part);
  Run& whole = *runs_.at(into);
  whole.merge(*found->second);
  for (const std::uint64_t hash : found->second->features) {
    if (Feature* const feature = features_.find(hash)) attach(whole, hash, *feature);
  }
  RunView view = view_of(*found->second, at);
  view.has_ended = true;
  view.merged_into = into;
  keep_ended(std::move(view));
  marks_.erase(part);
  runs_.erase(found);
  has_new_marks_ = has_new_domains_ = true;
  changes.push_back(
      Change{.what = Change::What::RunMerged, .at = to_instant(at), .run = part, .into = into});
}

AllClear RunBook::all_clear_of(std::uint32_t run) const {
  const Run* const one = find(run);
  if (one == nullptr) return {};
  const auto newest = one->clock.last_activity();
  return AllClear{.quiet_since = to_instant(one->last),
                  .newest_original = newest ? std::optional(to_instant(*newest)) : std::nullopt};
}

bool RunBook::is_silent(const Run& run, Second now) {
  if (now < run.last + kSilence) return false;
  return now >= run.clock.last_activity().value_or(run.last) + kOldOriginal;
}

void RunBook::end(std::uint32_t run, Second at, const AllClear& why, std::vector<Change>& changes) {
  const auto found = runs_.find(run);
  if (found == runs_.end()) return;
  for (const std::uint64_t hash : found->second->features) {
    if (Feature* const feature = features_.find(hash)) feature->run = 0;
  }
  RunView view = view_of(*found->second, at);
  view.has_ended = true;
  changes.push_back(Change{
      .what = Change::What::RunEnded,
      .at = to_instant(at),
      .since = view.first,
      .figures = {.count = view.answers, .clients = view.clients, .over = view.last - view.first},
      .run = run,
      .all_clear = why});
  keep_ended(std::move(view));
  marks_.erase(run);
  runs_.erase(found);
  has_new_marks_ = has_new_domains_ = true;
}

void RunBook::keep_ended(RunView view) {
  ended_.push_front(std::move(view));
  if (ended_.size() > limits::kWatchEndedRuns) ended_.pop_back();
}

std::shared_ptr<const RunMarks> RunBook::mark(const Run& run) {
  auto made = std::make_shared<RunMarks>();
  made->run = run.id;
  made->features.insert(run.features.begin(), run.features.end());
  const auto copy = [](const HeldHashes& from, std::unordered_set<std::uint64_t>& to) {
    for (const auto& [hash, n] : from.all()) {
      if (n >= kHeldAddress) to.insert(hash);
    }
  };
  copy(run.held_addresses, made->addresses);
  copy(run.held_pairs, made->pairs);
  return made;
}

AttackList::Runs RunBook::take_marks() {
  for (auto& [id, run] : runs_) {
    if (!run->are_marks_new && !run->are_addresses_new) continue;
    run->are_marks_new = run->are_addresses_new = false;
    marks_[id] = mark(*run);
  }
  has_new_marks_ = has_new_addresses_ = has_new_domains_ = false;
  return marks_;
}

void RunBook::restore(std::uint32_t last_id, std::vector<std::unique_ptr<Run>> runs,
                      FeatureTable features) {
  last_id_ = last_id;
  features_ = std::move(features);
  for (auto& run : runs)
    runs_[run->id] = std::move(run);
  for (const auto& [hash, feature] : features_.all()) {
    if (const auto run = runs_.find(feature.run); run != runs_.end())
      run->second->features.push_back(hash);
  }
  has_new_marks_ = has_new_domains_ = true;
}

void RunBook::see_growth(const Run& run, std::uint32_t domains_before) {
  has_new_marks_ = has_new_marks_ || run.are_marks_new;
  has_new_addresses_ = has_new_addresses_ || run.are_addresses_new;
  // Of one that is everywhere no domain is new.
  if (run.domain_count > domains_before && domains_before <= kToldDomains) has_new_domains_ = true;
}

}  // namespace backstop::watch
