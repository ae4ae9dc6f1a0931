#include "core/simulation/lookout.h"

#include <algorithm>

#include "core/transaction/attack_state.h"
#include "core/watch/judged.h"

namespace backstop::simulation {
namespace {

using transaction::Record;

// Between two questions to the watch, when something happens and when nothing does.
constexpr Seconds kPollEach{5};
constexpr std::chrono::hours kIdlePoll{1};
// How often the run clock is held against the plan.
constexpr std::chrono::hours kLookEach{1};
constexpr double kTail = 0.95;

bool is_null(const std::string& sender) {
  return sender.empty() || sender.starts_with("postmaster@") ||
         sender.starts_with("mailer-daemon@");
}

std::string_view local_of(std::string_view address) {
  return address.substr(0, address.rfind('@'));
}
std::string_view domain_of(std::string_view address) {
  return address.substr(std::min(address.rfind('@') + 1, address.size()));
}

// When 95 % of what comes after the spammer's last message has come.
Instant find_tail_end(const scenario::Plan& plan, std::size_t run, Instant stopped) {
  std::vector<Instant> tail;
  for (const scenario::Event& event : plan.events) {
    if (event.what == scenario::Happening::Backscatter && event.section == run &&
        event.at > stopped)
      tail.push_back(event.at);
  }
  if (tail.empty()) return stopped;
  return tail[static_cast<std::size_t>(static_cast<double>(tail.size() - 1) * kTail)];
}

}  // namespace

Lookout::Lookout(const scenario::Scenario& scenario, const scenario::Plan& plan, std::uint64_t seed)
    : scenario_(scenario),
      plan_(plan),
      watch_(seed),
      polled_(scenario.begins),
      looked_(scenario.begins) {
  null_thresholds_ = {{.count = 20, .within = Seconds{60}},
                      {.count = 30, .within = Seconds{300}},
                      {.count = 40, .within = std::chrono::hours{3}}};
  all_thresholds_ = null_thresholds_;
  if (!scenario.runs.empty()) {
    const Instant stopped = plan.last_originals.front();
    clock_ = RunClock{.true_activity = stopped, .true_tail = find_tail_end(plan, 0, stopped)};
  }
}

void Lookout::note_answer(Instant now, bool null_sender) {
  const auto note = [&](Threshold& threshold) {
    if (threshold.first) return;
    threshold.recent.push_back(now);
    while (now - threshold.recent.front() > threshold.within)
      threshold.recent.pop_front();
    if (threshold.recent.size() < threshold.count) return;
    threshold.first = threshold.recent.front();
    threshold.reached = now;
  };
  for (Threshold& threshold : all_thresholds_)
    note(threshold);
  if (!null_sender) return;
  for (Threshold& threshold : null_thresholds_)
    note(threshold);
}

std::optional<Instant> Lookout::begin_of_flood(watch::AttackKind kind) const {
  const Threshold* earliest = nullptr;
  for (const Threshold& each :
       kind == watch::AttackKind::HelpDesk ? all_thresholds_ : null_thresholds_) {
    if (each.first && (earliest == nullptr || each.reached < earliest->reached)) earliest = &each;
  }
  return earliest == nullptr ? std::nullopt : earliest->first;
}

watch::Proof Lookout::find_proof(const Record& record) const {
  using proof::ProofResult;
  if (record.facts.empty()) return watch::Proof::None;
  const policy::Facts& facts = record.facts.front();
  if (facts.token == ProofResult::Valid) return watch::Proof::Token;
  if (facts.ledger == ProofResult::Valid || facts.pair == policy::Pair::Known)
    return watch::Proof::Ledger;
  if (facts.dkim == ProofResult::Valid) return watch::Proof::Dkim;
  if (facts.tag == ProofResult::Valid) return watch::Proof::Tag;
  const std::string& id = record.original_id;
  if (!scenario_.site.service.empty() && id.ends_with("@" + scenario_.site.service))
    return watch::Proof::LearntPath;
  return watch::Proof::None;
}

void Lookout::see(const scenario::Letter& letter, const Passed& passed, Instant now,
                  bool is_backscatter) {
  pass_time(now);
  const bool null_sender = is_null(letter.sender);
  if (is_backscatter) note_answer(now, null_sender);
  const auto client = IpAddress::parse(letter.client);
  watch_.add({.at = now, .what = watch::Seen::Connection, .client = client});
  const bool was_judged = passed.record && passed.record->is_judged();
  watch::Event event{.at = now,
                     .what = passed.refused_rcpt ? watch::Seen::Refused
                             : was_judged        ? watch::Seen::Judged
                                                 : watch::Seen::Taken,
                     .client = client,
                     .null_sender = null_sender,
                     .local = local_of(letter.recipient),
                     .domain = domain_of(letter.recipient),
                     .address = letter.address_exists ? watch::AddressState::Exists
                                                      : watch::AddressState::Nonexistent,
                     .data = passed.refused_rcpt ? watch::Data::Unknown : watch::Data::Reached};
  std::optional<watch::Judged> judged;
  watch::JudgedMessage message;
  if (event.what == watch::Seen::Judged) {
    judged.emplace(*passed.record->reading,
                   transaction::name_as_watch(passed.record->judgement.verdict));
    message = judged->message();
    message.sender_dkim =
        letter.sender_passes_dkim ? watch::Authentication::Pass : watch::Authentication::Unknown;
    event.proof = find_proof(*passed.record);
    event.message = &message;
  }
  watch_.add(event);
}

void Lookout::see(const scenario::Writer::Knock& knock, bool null_sender, bool refused,
                  Instant now) {
  pass_time(now);
  const auto client = IpAddress::parse(knock.client);
  watch_.add({.at = now, .what = watch::Seen::Connection, .client = client});
  watch_.add(
      {.at = now,
       .what = refused ? watch::Seen::Refused : watch::Seen::Taken,
       .client = client,
       .null_sender = null_sender,
       .local = knock.local,
       .domain = knock.domain,
       .address = knock.exists ? watch::AddressState::Exists : watch::AddressState::Nonexistent,
       .data = watch::Data::NotReached});
}

void Lookout::pass_time(Instant now) {
  while (now - polled_ > kIdlePoll)
    poll(polled_ + kIdlePoll);
  if (now - polled_ >= kPollEach) poll(now);
}

void Lookout::poll(Instant now) {
  polled_ = now;
  for (const watch::Change& change : watch_.poll(now)) {
    if (change.what != watch::Change::What::AlarmRaised) continue;
    alarms_.push_back({.at = change.at,
                       .kind = change.kind,
                       .run = change.run,
                       .factor = change.figures.factor,
                       .path = change.path,
                       .text = watch::say(change)});
  }
  if (now - looked_ >= kLookEach) look_at_clock(now);
}

// Of the largest run, since a scenario's first run is its subject.
void Lookout::look_at_clock(Instant now) {
  looked_ = now;
  if (!clock_) return;
  const std::vector<watch::RunView> runs = watch_.runs();
  const auto largest = std::ranges::max_element(runs, {}, &watch::RunView::answers);
  if (largest == runs.end()) return;
  clock_->run = largest->id;
  clock_->last_activity = largest->clock.last_activity;
  const bool forecasts = largest->clock.has_stopped && largest->clock.tail_ends;
  if (!forecasts || clock_->told_at || now < clock_->true_activity) return;
  clock_->told_at = now;
  clock_->tail_ends = largest->clock.tail_ends;
  clock_->tail_error = largest->clock.tail_error;
}

void Lookout::report(Outcome& outcome) const {
  outcome.alarms = alarms_;
  outcome.early_alarms = 0;
  outcome.seconds_to_alarm.reset();
  for (const Alarm& alarm : alarms_) {
    const bool is_flood =
        alarm.kind == watch::AttackKind::Backscatter || alarm.kind == watch::AttackKind::HelpDesk;
    if (!is_flood) continue;
    const bool has_begun = std::ranges::any_of(scenario_.runs, [&](const scenario::Run& run) {
      return alarm.at >= scenario_.start_of(run.span);
    });
    if (!has_begun) {
      ++outcome.early_alarms;
    } else if (const auto begun = begin_of_flood(alarm.kind); begun && !outcome.seconds_to_alarm) {
      outcome.seconds_to_alarm = std::max(0.0, static_cast<double>((alarm.at - *begun).count()));
    }
  }
  outcome.clock = clock_;
  outcome.runs = watch_.runs();
  std::ranges::stable_sort(outcome.runs, std::greater{}, &watch::RunView::answers);
}

}  // namespace backstop::simulation
