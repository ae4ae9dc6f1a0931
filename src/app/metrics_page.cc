#include "app/metrics_page.h"

#include <algorithm>
#include <array>

#include "core/metrics/exposition.h"

namespace backstop::app {

using metrics::Metric;

namespace {

std::int64_t seconds_of(Instant at) {
  return std::chrono::duration_cast<Seconds>(at.time_since_epoch()).count();
}

void set_or_unset(door::Counters& counters, Metric metric, const std::optional<Instant>& at) {
  if (at) {
    counters.set({.metric = metric}, seconds_of(*at));
  } else {
    counters.unset({.metric = metric});
  }
}

}  // namespace

MetricsPage::MetricsPage(door::Counters& counters, const ports::SurroundingsSource& surroundings,
                         const Memory* memory, const AttackWatch& attacks, Instant started)
    : counters_(counters), surroundings_(surroundings), memory_(memory), attacks_(attacks) {
  counters_.set({.metric = Metric::BuildInfo}, 1);
  counters_.set({.metric = Metric::StartTimeSeconds}, seconds_of(started));
  for (std::size_t door = 0; door < metrics::values_of(metrics::Label::Door).size(); ++door)
    counters_.add(metrics::series(Metric::ConnectionsOpen, door), 0);
}

std::string MetricsPage::render() const {
  const transaction::Surroundings surroundings = surroundings_.current();
  gather_keys(surroundings.ring.get());
  gather_domains(*surroundings.config);
  gather_attacks();
  if (memory_ != nullptr) gather_memory();
  return metrics::render_exposition(counters_.values());
}

void MetricsPage::gather_keys(const proof::KeyRing* ring) const {
  const std::size_t keys = ring == nullptr ? 0 : ring->keys().size();
  counters_.set({.metric = Metric::Keys}, static_cast<std::int64_t>(keys));
  const proof::Key* const signing = ring == nullptr ? nullptr : ring->emitting();
  std::optional<Instant> created;
  std::optional<Instant> emits_until;
  if (signing != nullptr) {
    created = signing->info().created;
    emits_until = signing->info().emits_until;
  }
  set_or_unset(counters_, Metric::SigningKeyCreatedSeconds, created);
  set_or_unset(counters_, Metric::SigningKeyEmitsUntilSeconds, emits_until);
}

void MetricsPage::gather_domains(const config::Config& config) const {
  std::array<std::int64_t, 3> domains{};
  for (const auto& [name, domain] : config.domains)
    ++domains.at(static_cast<std::size_t>(domain.mode));
  for (std::size_t mode = 0; mode < domains.size(); ++mode)
    counters_.set(metrics::series(Metric::Domains, mode), domains[mode]);
}

void MetricsPage::gather_attacks() const {
  const AttackWatch::Counts counts = attacks_.counts();
  counters_.set({.metric = Metric::Attacks}, static_cast<std::int64_t>(counts.attacks));
  counters_.set({.metric = Metric::Runs}, static_cast<std::int64_t>(counts.runs));
  counters_.set({.metric = Metric::WatchBytes}, static_cast<std::int64_t>(counts.bytes));
}

void MetricsPage::gather_memory() const {
  const auto set = [this](Metric metric, std::uint64_t value) {
    counters_.set({.metric = metric}, static_cast<std::int64_t>(value));
  };
  const store::LedgerState ledger = memory_->ledger_state();
  set(Metric::LedgerUp, ledger.is_away ? 0 : 1);
  set(Metric::LedgerFailing, ledger.failing_since ? 1 : 0);
  set(Metric::LedgerEntries, ledger.index_keys);
  set(Metric::LedgerWaiting, ledger.waiting_messages);
  set(Metric::LedgerLostTotal, ledger.lost_messages);
  const store::HistoryStore::Health history = memory_->history_health();
  set(Metric::HistoryWrittenTotal, history.written);
  set(Metric::HistoryWaiting, history.waiting);
  set(Metric::HistoryLostTotal, history.lost);
  const auto gaps = memory_->gaps();
  set(Metric::SigningGaps, gaps->size());
  std::optional<Instant> end;
  for (const proof::SigningGap& gap : *gaps)
    end = std::max(end.value_or(gap.to), gap.to);
  set_or_unset(counters_, Metric::SigningGapEndSeconds, end);
}

}  // namespace backstop::app
