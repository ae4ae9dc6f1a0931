#include "core/coverage/lines.h"

#include "core/base/ascii.h"

namespace backstop::coverage {
namespace {

constexpr std::size_t kWords = 16;

}  // namespace

std::optional<std::vector<std::string_view>> take_line(std::string_view& text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = ascii::trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string_view> words;
    while (words.size() + 1 < kWords) {
      const auto blank = line.find(' ');
      if (blank == std::string_view::npos) break;
      words.push_back(line.substr(0, blank));
      line = ascii::trim(line.substr(blank + 1));
    }
    words.push_back(line);
    return words;
  }
  return std::nullopt;
}

}  // namespace backstop::coverage
