#include "edge/milter/macros.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::milter {
namespace {

// It stands in front of log lines as it is, so it must look like one word: letters, digits and the
// few marks that MTAs use.
bool is_queue_id(std::string_view text) {
  return !text.empty() && text != "-" && std::ranges::all_of(text, [](char c) {
    return ascii::is_alnum(c) || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

void MacroValues::take(const Macros& macros) {
  const bool of_connection = macros.command == static_cast<char>(Command::Connect);
  const bool of_sender = macros.command == static_cast<char>(Command::Mail);
  const bool of_message =
      of_sender || std::string_view("RTLNBE").find(macros.command) != std::string_view::npos;
  if (of_connection) end_connection();
  if (of_sender) end_message();
  std::string_view pairs = macros.pairs;
  while (const auto macro = take_macro(pairs)) {
    const std::string_view value = macro->second.substr(0, limits::kMilterMacroBytes);
    if (of_connection && macro->first == "daemon_name") daemon_name_ = value;
    if (of_connection && macro->first == "j") server_name_ = value;
    if (of_connection && macro->first == "v") is_postfix_ = value.starts_with("Postfix");
    if (of_sender && macro->first == "auth_authen") authenticated_ = value;
    if (of_message && macro->first == "i" && is_queue_id(value)) queue_id_ = value;
  }
}

void MacroValues::end_message() {
  authenticated_.clear();
  queue_id_.clear();
}

void MacroValues::end_connection() {
  end_message();
  daemon_name_.clear();
  server_name_.clear();
  is_postfix_ = false;
}

}  // namespace backstop::milter
