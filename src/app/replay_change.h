// What a replay tries: configuration text, or a few words on the command line, over the
// configuration in force.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/config.h"

namespace backstop::app {

struct PolicyChange {
  std::string file;                  // "": none.
  std::vector<std::string> modes;    // "example.com=enforce", "sales@example.com=off"
  std::vector<std::string> exempts;  // An address of ours, or a client's network.
  std::vector<std::string> actions;  // "bounce.unproven=quarantine"

  bool empty() const { return file.empty() && modes.empty() && exempts.empty() && actions.empty(); }
};

// `config` with the file and then the words over it.  Errors: Errc::NotFound and Errc::Denied for
// the file; Errc::Invalid with file, line and column, or with the word that is wrong.
Result<config::Config> apply_change(const config::Config& config, const PolicyChange& change);

// "policy new.toml, --mode example.com=enforce"
std::string say_change(const PolicyChange& change);

}  // namespace backstop::app
