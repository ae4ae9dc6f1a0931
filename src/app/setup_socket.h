// Where the mail server is to find backstopd, of what the configuration says.
#pragma once

#include <string>
#include <vector>

#include "app/settings.h"
#include "core/base/result.h"
#include "edge/mta/postfix.h"
#include "edge/mta/postfix_plan.h"

namespace backstop::app {

struct SetupSocket {
  std::string text;                // As Postfix is told: "unix:backstop/milter.sock".
  std::vector<std::string> notes;  // What backstop.toml still lacks, in sentences.
};

// The configuration file that a command below `root` means: the one named, else the usual one
// there.
std::string config_path_below(const std::string& root, const Settings& settings, bool named);

// Errors: Errc::Invalid of the configuration file; Errc::Unsupported when no place we listen at can
// be reached by a Postfix that changes root.
Result<SetupSocket> choose_socket(const mta::Postfix& postfix, const mta::PostfixText& text,
                                  const std::string& config_path);

// The same of a configuration that is read already.  Errors: Errc::Unsupported as above.
Result<SetupSocket> choose_socket(const mta::Postfix& postfix, const mta::PostfixText& text,
                                  const config::Config& config);

// Where Postfix finds the maps of our door for socketmap, as it is told: "unix:backstop/map.sock".
// Errors: Errc::Unsupported as above.
Result<std::string> choose_map_socket(const mta::Postfix& postfix, const mta::PostfixText& text,
                                      const config::Config& config);

// Where the canary is to enter a Postfix.
mta::PostfixCanary canary_of(const config::Config& config);

// Does somebody accept connections there?  `socket` as above.
bool is_answered(const mta::Postfix& postfix, const std::string& socket);

}  // namespace backstop::app
