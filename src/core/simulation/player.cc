#include "core/simulation/player.h"

#include <algorithm>

#include "core/transaction/feed_event.h"

namespace backstop::simulation {
namespace {

using scenario::Event;
using scenario::Happening;
using scenario::Letter;

constexpr int kSlices = 120;
constexpr std::size_t kShownLost = 20;

}  // namespace

Result<std::unique_ptr<Player>> Player::make(const scenario::Scenario& scenario,
                                             std::uint64_t seed) {
  BS_TRY(scenario::Plan plan, scenario::make_plan(scenario, seed));
  return std::unique_ptr<Player>(new Player(scenario, seed, std::move(plan)));
}

Player::Player(const scenario::Scenario& scenario, std::uint64_t seed, scenario::Plan plan)
    : scenario_(scenario),
      plan_(std::move(plan)),
      writer_(scenario, seed),
      site_(scenario, seed),
      lookout_(scenario_, plan_, seed),
      now_(scenario.begins) {
  const Seconds step = std::max(Seconds{1}, scenario.lasts / kSlices);
  for (Instant from = scenario.begins; from < scenario.begins + scenario.lasts; from += step)
    outcome_.slices.push_back({.from = from});
}

bool Player::play(std::uint64_t events) {
  const std::uint64_t end = std::min<std::uint64_t>(total(), next_ + events);
  for (; next_ < end; ++next_) {
    const Event& event = plan_.events[next_];
    now_ = event.at;
    ++outcome_.events;
    play_event(event);
  }
  if (next_ == total()) lookout_.pass_time(scenario_.begins + scenario_.lasts);
  return next_ < total();
}

void Player::play_event(const Event& event) {
  switch (event.what) {
    case Happening::OwnMail:
      return send(event);
    case Happening::OwnAnswer:
      return answer_own(event);
    case Happening::Backscatter:
      return take_backscatter(writer_.write_backscatter(event));
    case Happening::Poison:
      return take_poison(event);
    case Happening::Ordinary:
      return take_ordinary(event);
    case Happening::KeyChange:
      return site_.change_key(now_);
    case Happening::Callout: {
      const auto knock = writer_.write_callout(event);
      return lookout_.see(knock, true, !knock.exists && !scenario_.site.catch_all, now_);
    }
    case Happening::Guess: {
      const auto knock = writer_.write_guess(event);
      return lookout_.see(knock, false, !knock.exists && !scenario_.site.catch_all, now_);
    }
  }
}

Slice& Player::slice() {
  const Seconds step = std::max(Seconds{1}, scenario_.lasts / kSlices);
  const auto index = static_cast<std::size_t>((now_ - scenario_.begins) / step);
  return outcome_.slices[std::min(index, outcome_.slices.size() - 1)];
}

void Player::send(const Event& event) {
  const bool elsewhere = scenario_.own[event.section].way == scenario::OwnMail::Way::Service;
  if (elsewhere) {
    if (event.answers > 0) awaited_[event.number] = {writer_.write_elsewhere(event), event.answers};
    return;
  }
  const Letter letter = writer_.write_own(event);
  ++outcome_.messages;
  const Passed passed = site_.pass(letter, now_);
  if (passed.record && passed.record->is_signed) ++outcome_.sent;
  const bool is_stolen = stolen_.size() < scenario_.poisons.size();
  if (event.answers == 0 && !is_stolen) return;
  scenario::SentLetter sent = writer_.make_sent(event, letter, passed.inserted);
  if (is_stolen) stolen_.push_back(sent);
  if (event.answers > 0) awaited_[event.number] = {std::move(sent), event.answers};
}

void Player::answer_own(const Event& event) {
  const auto found = awaited_.find(event.number);
  if (found == awaited_.end()) return;
  const Letter letter = writer_.write_own_answer(event, found->second.letter);
  if (--found->second.answers == 0) awaited_.erase(found);
  ++outcome_.genuine.offered;
  ++slice().genuine;
  const Passed passed = take(letter, false);
  note_feed(passed, letter.queue_id, false);
  if (passed.held) ++outcome_.genuine.quarantined;
  if (passed.is_delivered()) ++outcome_.genuine.accepted;
  if (!passed.is_delivered()) note_lost(letter, passed);
}

bool Player::refuses(const Letter& letter) const {
  return !letter.address_exists && !scenario_.site.catch_all;
}

Passed Player::take(const Letter& letter, bool is_backscatter) {
  Passed passed{.refused_rcpt = true};
  if (!refuses(letter)) {
    ++outcome_.messages;
    passed = site_.pass(letter, now_);
  }
  lookout_.see(letter, passed, now_, is_backscatter);
  return passed;
}

Outcome Player::outcome() const {
  Outcome out = outcome_;
  lookout_.report(out);
  return out;
}

void Player::take_backscatter(const Letter& letter) {
  ++outcome_.backscatter.offered;
  ++slice().backscatter;
  note_judged(letter, take(letter, true));
}

void Player::note_judged(const Letter& letter, const Passed& passed) {
  Backscatter& counts = outcome_.backscatter;
  if (passed.refused_rcpt || passed.refused || passed.held) ++slice().stopped;
  if (passed.refused_rcpt) {
    ++counts.refused_rcpt;
    return;
  }
  ++counts.judged;
  const bool was_judged = passed.record && passed.record->is_judged();
  if (was_judged) {
    ++outcome_.kinds[static_cast<std::size_t>(passed.record->kind)];
    if (passed.record->kind == letter.kind) ++counts.recognised;
    if (passed.record->judgement.verdict == policy::Verdict::Replayed) ++outcome_.replayed;
  }
  if (letter.returns_enough) {
    ++counts.returned_enough;
    if (passed.refused) ++counts.enough_refused;
    if (passed.held) ++counts.enough_held;
  }
  if (passed.refused) {
    ++counts.refused_eom;
  } else if (passed.held) {
    ++counts.quarantined;
  } else if (was_judged && passed.record->judgement.decision == policy::Decision::Mark) {
    ++counts.marked;
  } else {
    ++counts.accepted;
  }
}

void Player::take_poison(const Event& event) {
  if (event.section >= stolen_.size()) return;
  const Letter letter = writer_.write_poison(event, stolen_[event.section]);
  ++outcome_.backscatter.offered;
  ++slice().backscatter;
  const Passed passed = take(letter, true);
  note_judged(letter, passed);
  note_feed(passed, letter.queue_id, true);
}

void Player::note_feed(const Passed& passed, std::string_view queue_id, bool is_made_up) {
  if (!passed.record || !passed.record->is_judged()) return;
  for (const transaction::FeedEvent& told : transaction::feed_events_of(*passed.record, queue_id)) {
    if (told.reports && told.recipient.empty()) ++outcome_.unconfirmed;
    if (is_made_up && told.bounced) ++outcome_.false_bounced;
  }
}

void Player::take_ordinary(const Event& event) {
  const Letter letter = writer_.write_ordinary(event);
  ++outcome_.ordinary_offered;
  if (!take(letter, false).is_delivered()) ++outcome_.ordinary_lost;
}

void Player::note_lost(const Letter& letter, const Passed& passed) {
  if (!passed.held) ++outcome_.genuine.lost;
  if (outcome_.lost.size() >= kShownLost) return;
  std::string why = "refused by the mail server, which does not know the recipient";
  if (passed.record) {
    why = std::string(policy::name_of(passed.record->judgement.verdict));
    for (const policy::Reason reason : passed.record->judgement.reasons)
      why += " " + std::string(policy::name_of(reason));
  }
  outcome_.lost.push_back({now_, letter.recipient, std::move(why)});
}

}  // namespace backstop::simulation
