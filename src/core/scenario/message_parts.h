// Pieces of a message's text; the writer's own files only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/scenario/texts.h"
#include "core/scenario/values.h"

namespace backstop::scenario {

inline std::string_view& at(Places& places, Place place) {
  return places[static_cast<std::size_t>(place)];
}

inline void split_message(std::string_view message, std::string& header, std::string& body) {
  const std::size_t end = message.find("\r\n\r\n");
  header = message.substr(0, end + 2);
  body = message.substr(end + 4);
}

// The value of the first field of that name in a header block; "" without one.
inline std::string_view find_field(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find("\r\n"), header.size());
    const std::string_view line = header.substr(0, end);
    if (line.size() > name.size() + 1 && line.starts_with(name) && line[name.size()] == ':')
      return trim(line.substr(name.size() + 1));
    header.remove_prefix(std::min(end + 2, header.size()));
  }
  return {};
}

// The same number for the same text, on every host (FNV-1a).
inline std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0xcbf29ce484222325;
  for (const char c : text)
    number = (number ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return number;
}

}  // namespace backstop::scenario
