// What `backstop setup` says to whoever runs Exim.
#pragma once

#include "core/config/config.h"
#include "edge/mta/exim_recipe.h"

namespace backstop::app {

struct EximSetup {
  mta::EximTags tags;
  std::string quarantine_to;  // "": frozen.
  bool json = false;
};

// Prints the recipe, and what backstop.toml lacks for it.  Returns the exit code.
int print_exim_setup(const config::Config& config, const EximSetup& setup);

}  // namespace backstop::app
