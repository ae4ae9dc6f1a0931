// What `backstop simulate` shows of a played scenario.
#pragma once

#include <string>

#include "app/scan_report.h"
#include "core/scenario/scenario.h"
#include "core/simulation/outcome.h"

namespace backstop::app {

struct SimulateReport {
  std::string name;                              // Of the scenario, or its file.
  const scenario::Scenario* scenario = nullptr;  // Never null.
  std::uint64_t seed = 1;
  double scale = 1;
  bool complete = true;  // It was played to its end.
  simulation::Outcome outcome = {};
  std::vector<simulation::Held> held = {};
  double seconds = 0;      // Of the wall.
  double cpu_seconds = 0;  // Of this program.

  // Every expectation held; never for what was not played to its end.
  bool all_held() const;
};

// One object with "v": 1.
std::string render_simulate_json(const SimulateReport& report);
std::string render_simulate_page(const SimulateReport& report, const PageLook& look);

}  // namespace backstop::app
