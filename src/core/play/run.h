// Runs a play against the transaction itself, in-process.
#pragma once

#include <string>
#include <vector>

#include "core/play/play.h"
#include "core/transaction/effects.h"

namespace backstop::play {

// One expectation that did not hold.
struct Failure {
  unsigned line = 0;
  std::string text;
};

// How bodies are handed over.
enum class Feeding { Whole, ByteByByte };

// Errors: the play's configuration does not parse.
Result<std::vector<Failure>> run_play(const Play& play, Feeding feeding);

// "insert Backstop-Verdict: genuine; …", "remove NAME N", "hold WHY", "ask permit",
// "note REASON DETAIL", "reply accept", "reply refuse 550 5.7.1 TEXT".  A Record is "": it is
// expected through the log.
std::string render_effect(const transaction::Effect& effect);

// What a step did held against what was expected of it; appends to `failures`.
void compare_step(const Step& step, const std::vector<std::string>& effects,
                  const std::vector<std::string>& log, Bindings& bindings,
                  std::vector<Failure>& failures);

}  // namespace backstop::play
