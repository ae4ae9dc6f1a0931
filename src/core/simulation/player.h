// Plays a scenario: the moments of its plan in order, each message written, brought to the guarded
// site and judged there, in virtual time.
//
// Pure; one thread.  The same for the same scenario and seed.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "core/scenario/plan.h"
#include "core/scenario/scenario.h"
#include "core/scenario/writer.h"
#include "core/simulation/guarded_site.h"
#include "core/simulation/lookout.h"
#include "core/simulation/outcome.h"

namespace backstop::simulation {

class Player {
 public:
  // The scenario outlives it.  Errors: those of make_plan().
  static Result<std::unique_ptr<Player>> make(const scenario::Scenario& scenario,
                                              std::uint64_t seed);

  std::uint64_t total() const { return plan_.events.size(); }
  std::uint64_t done() const { return next_; }
  Instant now() const { return now_; }
  // So many more moments; false when there are none left.
  bool play(std::uint64_t events);
  // Of what has been played so far.
  Outcome outcome() const;

 private:
  // Something of ours that will be answered.
  struct Awaited {
    scenario::SentLetter letter;
    unsigned answers = 0;
  };

  Player(const scenario::Scenario& scenario, std::uint64_t seed, scenario::Plan plan);
  void play_event(const scenario::Event& event);
  void send(const scenario::Event& event);
  void answer_own(const scenario::Event& event);
  void take_backscatter(const scenario::Letter& letter);
  void take_poison(const scenario::Event& event);
  void take_ordinary(const scenario::Event& event);
  // Whether the mail server itself refuses the recipient, as it does of those it does not know.
  bool refuses(const scenario::Letter& letter) const;
  // A stranger brings a message.
  Passed take(const scenario::Letter& letter, bool is_backscatter);
  void note_judged(const scenario::Letter& letter, const Passed& passed);
  void note_feed(const Passed& passed, std::string_view queue_id, bool is_made_up);
  void note_lost(const scenario::Letter& letter, const Passed& passed);
  Slice& slice();

  const scenario::Scenario& scenario_;
  scenario::Plan plan_;
  scenario::Writer writer_;
  GuardedSite site_;
  Lookout lookout_;
  Instant now_{};
  std::uint64_t next_ = 0;
  std::unordered_map<std::uint32_t, Awaited> awaited_;
  std::vector<scenario::SentLetter> stolen_;  // One for each section of poison.
  Outcome outcome_;
};

}  // namespace backstop::simulation
