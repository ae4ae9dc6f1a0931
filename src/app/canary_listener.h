// The way in of the canary, held to the way in of strangers as it is now.
#pragma once

#include <string>
#include <vector>

namespace backstop::app {

// In what the service by which the canary enters and the one that strangers reach differ, a
// sentence each.  `root`: "/" or a tree.  Nothing where there is no Postfix, or it cannot be read.
std::vector<std::string> find_listener_drift(const std::string& root);

}  // namespace backstop::app
