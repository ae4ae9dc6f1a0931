// backstop setup where Sendmail runs: a file of m4 that is ours is written; the line by which
// sendmail.mc includes it is said, since that file is the administrator's own.
#pragma once

#include <string>

#include "app/setup_tags.h"
#include "edge/mta/sendmail_recipe.h"

namespace backstop::app {

struct SendmailSetup {
  std::string root = "/";
  std::string config_path;
  TagsAsked tags;
  bool writes = false;  // Else it is only shown what would be.
  bool json = false;
};

// What the recipe is made from.
mta::SendmailSite sendmail_site(const config::Config& config, const TagsAsked& tags);

// Returns the exit code.
int set_up_sendmail(const SendmailSetup& setup);
int remove_from_sendmail(const SendmailSetup& setup);

}  // namespace backstop::app
