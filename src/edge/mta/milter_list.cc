#include "edge/mta/milter_list.h"

#include "edge/mta/logical_lines.h"

namespace backstop::mta {
namespace {

// What stands inside a group, or the element itself.
std::string_view inside(std::string_view element) {
  element = trim(element);
  if (element.size() >= 2 && element.front() == '{' && element.back() == '}')
    return trim(element.substr(1, element.size() - 2));
  return element;
}

std::string absolute(std::string_view socket, std::string_view queue_directory) {
  const auto colon = socket.find(':');
  const std::string_view scheme = socket.substr(0, colon);
  if (colon == std::string_view::npos || (scheme != "unix" && scheme != "local"))
    return std::string(socket);
  const std::string_view path = socket.substr(colon + 1);
  std::string out = "unix:";
  if (!path.starts_with('/')) {
    out += queue_directory;
    out += '/';
  }
  return out.append(path);
}

}  // namespace

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> out;
  for (const Element& element : split_elements(list, true))
    out.emplace_back(list.substr(element.begin, element.end - element.begin));
  return out;
}

std::string join_list(const std::vector<std::string>& elements) {
  std::string out;
  for (const std::string& element : elements) {
    if (!out.empty()) out += ", ";
    out += element;
  }
  return out;
}

std::string socket_of(std::string_view element) {
  const std::vector<std::string> words = split_list(inside(element));
  return words.empty() ? "" : words.front();
}

std::optional<std::string> setting_of(std::string_view element, std::string_view name) {
  const std::string_view text = inside(element);
  // "default_action = accept" may have blanks around its '='.
  std::string without_blanks;
  for (const char c : text) {
    if (c == '=')
      while (!without_blanks.empty() &&
             trim(without_blanks.substr(without_blanks.size() - 1)).empty())
        without_blanks.pop_back();
    if (!without_blanks.empty() && without_blanks.back() == '=' && (c == ' ' || c == '\t'))
      continue;
    without_blanks += c;
  }
  const std::vector<std::string> words = split_list(without_blanks);
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    const auto equals = word->find('=');
    if (equals != std::string::npos && word->substr(0, equals) == name)
      return word->substr(equals + 1);
  }
  return std::nullopt;
}

bool is_same_socket(std::string_view a, std::string_view b, std::string_view queue_directory) {
  return absolute(a, queue_directory) == absolute(b, queue_directory);
}

}  // namespace backstop::mta
