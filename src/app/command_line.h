// What both programs take on their command lines, declared once: the programs parse it, and the
// manual pages and the completion of shells are made from it (packaging/manual).
#pragma once

#include <CLI/App.hpp>

#include "app/command.h"
#include "app/settings.h"

namespace backstop::app {

struct DaemonChoice {
  Settings settings;
  bool test_only = false;
};

// REQUIRES: the second outlives parsing.
void declare_backstop(CLI::App& app, Chosen& chosen);
void declare_backstopd(CLI::App& app, DaemonChoice& choice);

}  // namespace backstop::app
