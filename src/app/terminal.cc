#include "app/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "core/base/ascii.h"

namespace backstop::app {
namespace {

constexpr std::size_t kNarrowest = 40;
constexpr std::size_t kWidest = 120;

// POSIX: the first of these that is set and not empty names the locale of characters.
bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return ascii::find_folded(value, "utf-8") != std::string_view::npos ||
           ascii::find_folded(value, "utf8") != std::string_view::npos;
  }
  return false;
}

}  // namespace

Terminal look_at_terminal(int fd) {
  Terminal out;
  if (isatty(fd) == 0) return out;
  out.is_terminal = true;
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) out.columns = size.ws_col;
  out.columns = std::clamp(out.columns, kNarrowest, kWidest);
  out.colour = std::getenv("NO_COLOR") == nullptr;
  out.utf8 = locale_is_utf8();
  return out;
}

}  // namespace backstop::app
