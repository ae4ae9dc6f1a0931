// A question before something is done.
#pragma once

#include <string_view>

namespace backstop::app {

// Asks on the terminal; no is anything but y or yes.  `question`: without its "[y/N]".
bool confirm(std::string_view question);

}  // namespace backstop::app
