// Writes the messages of a plan: whole texts, as mail servers and people would have sent them.
//
// Pure; the same for the same event.  Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/scenario/letter.h"
#include "core/scenario/people.h"
#include "core/scenario/plan.h"
#include "core/scenario/scenario.h"
#include "core/scenario/texts.h"

namespace backstop::scenario {

// "Sat, 21 Nov 2026 11:00:00 +0000" (RFC 5322 §3.3).
std::string render_date(Instant at);

class Writer {
 public:
  // The scenario outlives it.
  Writer(const Scenario& scenario, std::uint64_t seed);

  const Residents& residents() const { return residents_; }

  // Each for an event of its own sort.
  Letter write_own(const Event& event) const;
  Letter write_ordinary(const Event& event) const;
  Letter write_backscatter(const Event& event) const;
  // `sent`: the message that is answered.
  Letter write_own_answer(const Event& event, const SentLetter& sent) const;
  // A bounce made up around what `sent` carries, about somebody it never went to.
  Letter write_poison(const Event& event, const SentLetter& sent) const;
  // Of a service that sends for us: a message that never passed here.
  SentLetter write_elsewhere(const Event& event) const;
  // As it lies with whoever got it: `inserted` are the fields that were put on top of it.
  SentLetter make_sent(const Event& event, const Letter& letter, const std::string& inserted) const;

  // Only an envelope: who asks, and for whom.
  struct Knock {
    std::string client = {};
    std::string local = {};
    std::string domain = {};
    bool exists = false;
  };
  Knock write_callout(const Event& event) const;
  Knock write_guess(const Event& event) const;

 private:
  // An original as it lies at the server that answers it.
  struct Original {
    std::string header = {};
    std::string body = {};
    std::string message_id = {};
    std::string subject = {};
    std::string sender = {};  // Of ours, or so it says.
    std::string victim = {};
    Instant at{};
  };
  struct RunState {
    Ranks sources;
    Ranks names;
    const Text* spam;  // What is sent.
    std::string link_host = {};
    std::uint64_t seed;
  };
  // What is drawn for one answer beside its original.
  struct Draw {
    std::string server = {};
    std::string client = {};
    std::string language = {};
    Returns returns = Returns::Full;
    bool passes_dkim = false;
  };

  std::string forge_local(const Run& run, const RunState& state, Random& random) const;
  Original write_spam(const Run& run, const RunState& state, const Event& event,
                      const std::string& server, Random& random) const;
  Letter write_answer(const Event& event, const Original& original, const Draw& draw,
                      Random& random) const;
  Original make_original(const SentLetter& sent, const std::string& server) const;

  const Scenario& scenario_;
  Residents residents_;
  std::vector<RunState> runs_;
  std::string filler_ = {};
};

}  // namespace backstop::scenario
