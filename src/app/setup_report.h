// What setup tells: to a person, or as one JSON object.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "edge/mta/postfix.h"
#include "edge/mta/postfix_change.h"
#include "edge/mta/postfix_plan.h"

namespace backstop::app {

enum class SetupState { NothingToDo, Proposed, Done, RolledBack };

struct SetupReport {
  bool removal = false;
  SetupState state = SetupState::NothingToDo;
  const mta::Postfix* postfix = nullptr;
  std::string socket;
  std::optional<mta::SocketDirectory> directory;  // To be made or mended.
  mta::Plan plan;
  std::optional<mta::Done> done;
  std::optional<mta::Outcome> reload;  // When it was asked for.
  std::vector<std::string> next;       // What is left to do, in sentences.
};

// The lines that change, as diff -u writes them.
std::string diff_of(const mta::Plan& plan);

void print_setup(const SetupReport& report, bool json);

// What outlives a removal, and for how long.
std::vector<std::string> say_what_stays(const std::string& keys_directory, Seconds lifetime,
                                        Instant now);

}  // namespace backstop::app
