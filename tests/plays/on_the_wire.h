// Acts a play as a mail server would, over a milter connection, and compares what the wire shows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/play/run.h"

namespace backstop::play {

// What stands behind the door under test.
struct Backstage {
  // The lines logged since the last call.
  std::function<std::vector<std::string>()> take_log;
  // A step that scripts the clock or the next answer; a daemon has neither.
  std::function<void(const SetClock&)> set_clock = [](const SetClock&) {};
  std::function<void(const Answer&)> set_answer = [](const Answer&) {};
  std::function<void(const SetAttack&)> set_attack = [](const SetAttack&) {};
  std::function<void(const SetRules&)> set_rules = [](const SetRules&) {};
  std::function<void(const SetSampling&)> set_sampling = [](const SetSampling&) {};
  std::function<void(const AddGap&)> add_gap = [](const AddGap&) {};
};

// Effects the wire cannot show (questions, notes) are not compared.  Errors: no connection.
Result<std::vector<Failure>> act_on_the_wire(const Play& play, const config::Endpoint& endpoint,
                                             const Backstage& backstage);

}  // namespace backstop::play
