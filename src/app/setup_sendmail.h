// backstop setup where Sendmail runs: a file of m4 that is ours is written; the line by which
// sendmail.mc includes it is said, since that file is the administrator's own.
#pragma once

#include <string>
#include <string_view>

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

// What the recipe is made from.  Tags that come off by `before`, which our file holds now, go on
// doing so, whatever is configured: answers to tagged mail still come.
mta::SendmailSite sendmail_site(const config::Config& config, const std::string& root,
                                const TagsAsked& tags, std::string_view before);
// Does the daemon open no socketmap by itself, by this configuration?  Then doors.socketmap must
// name one, where tags are to come off.
bool lacks_map(const config::Config& config, const std::string& root);

// Returns the exit code.
int set_up_sendmail(const SendmailSetup& setup);
int remove_from_sendmail(const SendmailSetup& setup);

}  // namespace backstop::app
