#include "sim/life.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "sim/conversation.h"
#include "sim/returned.h"
#include "sim/rules.h"
#include "sim/scenes.h"

namespace backstop::sim {
namespace {

// Of one site; short enough that any one of them is played again in a moment.
constexpr std::size_t kLifeTransactions = 250;
// Open at a time, beside the one that is being spoken with.
constexpr std::size_t kParked = 4;
// Once in so many, somebody begins to guess, and goes on for so long.
constexpr std::size_t kGuessingRarity = 400;
constexpr std::size_t kGuesses = 40;
// Failures told in full; the rest is counted.
constexpr std::size_t kTold = 10;

class Life {
 public:
  Life(const Plan& plan, std::size_t first, Rules& rules)
      : plan_(plan), first_(first), rules_(rules), world_(plan.seed * 1'000'003 + first) {
    rules_.forget();
  }

  std::size_t live(std::size_t count) {
    for (int i = 0; i < 5; ++i) {
      const Instant before = world_.born() - Days{1 + i};
      if (world_.site().domains.front().signing_since > before)
        world_.sent().push_back(make_unsigned(world_, before));
    }
    for (std::size_t i = 0; i < count; ++i) {
      world_.live_on(!parked_.empty() || guesses_left_ > 0);
      go_on_with_parked();
      if (world_.random().chance(1)) fall_down();
      begin(first_ + i);
    }
    while (!parked_.empty())
      conclude_parked(0);
    return failures_;
  }

 private:
  struct Open {
    std::size_t number = 0;
    std::unique_ptr<Conversation> conversation;
    std::optional<std::vector<std::string>> rehearsed;
  };

  // Signing is interrupted: what leaves meanwhile has no token, and is known to nobody.
  void fall_down() {
    const Instant from = world_.now();
    for (Open& open : parked_) {
      open.conversation->abort();
      conclude(open);
    }
    parked_.clear();
    for (std::size_t i = 0; i < 3; ++i) {
      world_.pass(Seconds{static_cast<long>(world_.random().below(1800))});
      world_.sent().push_back(make_unsigned(world_, world_.now()));
    }
    world_.add_gap(from, world_.now(), proof::GapCause::Down);
  }

  void go_on_with_parked() {
    if (parked_.empty() || world_.random().chance(50)) return;
    conclude_parked(world_.random().below(parked_.size()));
  }

  void conclude_parked(std::size_t index) {
    Open& open = parked_[index];
    if (world_.random().chance(10)) {
      open.conversation->abort();
    } else {
      open.conversation->answer(world_.random().chance(75));
      open.conversation->go_on();
    }
    if (!open.conversation->is_over()) return;  // It asks something else.
    conclude(open);
    parked_.erase(parked_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  Letter make_letter() {
    Random& random = world_.random();
    auto& sent = world_.sent();
    if (guesses_left_ == 0 && random.below(kGuessingRarity) == 0) guesses_left_ = kGuesses;
    if (guesses_left_ > 0) return make_guess_or_neighbour();
    const std::size_t draw = random.below(100);
    if (sent.size() < 3 || draw < 28) return make_outgoing(world_);
    if (draw < 60) {
      // Mostly of the last few; and of any.
      const std::size_t near = std::min<std::size_t>(sent.size(), 12);
      const auto& one =
          random.chance(70) ? sent[sent.size() - 1 - random.below(near)] : random.pick(sent);
      if (!one->envelope.empty()) return make_answer(world_, one);
    }
    if (draw < 66) {
      if (storm_ == nullptr || random.chance(4)) storm_ = random.pick(sent);
      const bool addressed = storm_->has_token && !storm_->envelope.empty();
      if (addressed) return make_stolen(world_, storm_);
      storm_.reset();
    }
    if (draw < 86) return make_twin(world_);
    return make_innocent(world_);
  }

  // Those who guess share their network with servers that answer us.
  Letter make_guess_or_neighbour() {
    --guesses_left_;
    Random& random = world_.random();
    if (world_.sent().empty() || random.chance(75)) return make_guess(world_);
    const auto& one = random.pick(world_.sent());
    if (one->envelope.empty()) return make_guess(world_);
    Letter letter = make_answer(world_, one);
    if (letter.client != kRelayClient) letter.client = guessing_client(random);
    return letter;
  }

  void begin(std::size_t number) {
    Random& random = world_.random();
    Letter letter = make_letter();
    const Pace pace = parked_.size() < kParked && random.chance(15)
                          ? (random.chance(70) ? Pace::Slow : Pace::Never)
                          : Pace::AtOnce;
    static const std::vector<std::size_t> kPieces{1'000'000, 65'535, 512, 97};
    const std::size_t piece = random.pick(kPieces);
    Open open{.number = number, .conversation = nullptr, .rehearsed = {}};
    const bool inbound = letter.truth.what != Class::Outgoing;
    if (inbound && pace == Pace::AtOnce && random.chance(12)) {
      Conversation rehearsal(world_, letter, pace, 1 + random.below(40), true);
      rehearsal.go_on();
      open.rehearsed = rehearsal.outcome().effects;
    }
    open.conversation =
        std::make_unique<Conversation>(world_, std::move(letter), pace, piece, false);
    open.conversation->go_on();
    if (open.conversation->is_over()) {
      conclude(open);
    } else {
      parked_.push_back(std::move(open));
    }
  }

  void conclude(Open& open) {
    rules_.check(*open.conversation, world_, open.rehearsed ? &*open.rehearsed : nullptr);
    if (!rules_.complaints().empty()) ++failures_;
    const bool wanted = plan_.only ? *plan_.only == open.number : !rules_.complaints().empty();
    if (wanted) tell(open);
    remember(*open.conversation);
  }

  // What the generator knows from now on.
  void remember(const Conversation& done) {
    const Outcome& outcome = done.outcome();
    const Truth& truth = done.letter().truth;
    if (truth.what == Class::Outgoing && !outcome.aborted) {
      auto sent = make_sent(done.letter());
      for (const auto& [name, value] : outcome.inserted) {
        sent->header.emplace(sent->header.begin(), name, value);
        if (name == "Message-ID") sent->message_id = value;
      }
      if (outcome.changed_sender) sent->envelope = outcome.changed_sender->text();
      if (!outcome.envelope_id.empty()) sent->envelope_id = outcome.envelope_id;
      sent->at = outcome.issued;
      sent->has_token = outcome.permit_granted;
      sent->key = outcome.key;
      sent->ring = world_.ring_number();
      // Keys that are lost while it is on its way take its record with them.
      sent->in_ledger = outcome.recorded_sent && !world_.ledger_is_away() &&
                        sent->ring == done.snapshot().ring_number;
      if (sent->message_id.empty()) sent->message_id = "<none@example.com>";
      world_.sent().push_back(std::move(sent));
    } else if (truth.sent && !outcome.aborted) {
      ++truth.sent->answers;
      ++truth.sent->answers_of[truth.party + " " + truth.kind];
    }
  }

  void tell(const Open& open) {
    const Letter& letter = open.conversation->letter();
    const Outcome& outcome = open.conversation->outcome();
    for (const std::string& complaint : rules_.complaints()) {
      fmt::print("seed {} transaction {}: {}\n", plan_.seed, open.number, complaint);
    }
    if (!plan_.only) {
      fmt::print("  again: sim --seed {} --only {}\n", plan_.seed, open.number);
      return;
    }
    fmt::print("{} of {}, client {} {}, from <{}>\n", open.number, plan_.seed, letter.client,
               render_instant(outcome.judged_at), letter.sender);
    for (const std::string& recipient : letter.recipients)
      fmt::print("to <{}>\n", recipient);
    fmt::print("{}\r\n{}\n{}\n", render_fields(letter.fields), letter.body,
               open.conversation->snapshot().site->toml());
    if (const auto& sent = letter.truth.sent) {
      fmt::print("answers <{}> of {}: token {} of key {} of ring {}, in the ledger {}\n",
                 sent->sender, render_instant(sent->at), sent->has_token, sent->key, sent->ring,
                 sent->in_ledger);
    }
    if (const auto& gaps = open.conversation->snapshot().surroundings.gaps)
      fmt::print("{}", proof::render_gaps(*gaps));
    for (const std::string& effect : outcome.effects)
      fmt::print("=> {}\n", effect);
    for (const transaction::Record& record : outcome.records) {
      fmt::print("log {}\n", transaction::render_log_line(record, letter.queue_id));
      for (const policy::Facts& facts : record.facts)
        fmt::print("facts {}\n", policy::render_facts(facts));
    }
  }

  const Plan& plan_;
  std::size_t first_;
  Rules& rules_;
  World world_;
  std::shared_ptr<Sent> storm_;
  std::vector<Open> parked_;
  std::size_t guesses_left_ = 0;
  std::size_t failures_ = 0;
};

}  // namespace

Totals run(const Plan& plan) {
  Rules rules;
  Totals totals;
  for (std::size_t first = 0; first < plan.transactions; first += kLifeTransactions) {
    if (plan.only && first / kLifeTransactions != *plan.only / kLifeTransactions) continue;
    Life life(plan, first, rules);
    totals.broken += life.live(plan.only ? kLifeTransactions
                                         : std::min(kLifeTransactions, plan.transactions - first));
    if (totals.broken >= kTold && !plan.only) break;
  }
  if (plan.only) return totals;
  for (const auto& [rule, tried] : rules.tried())
    fmt::print("{:>9} {}\n", tried, rule);
  const bool is_whole = plan.transactions >= kEnoughForAll && totals.broken < kTold;
  for (const auto& [rule, tried] : rules.tried()) {
    if (!is_whole || tried > 0) continue;
    ++totals.untried;
    fmt::print("nothing tried: {}\n", rule);
  }
  return totals;
}

}  // namespace backstop::sim
