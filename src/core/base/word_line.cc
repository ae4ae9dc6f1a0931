#include "core/base/word_line.h"

#include "core/base/ascii.h"

namespace backstop {
namespace {

constexpr std::size_t kWords = 32;
constexpr std::string_view kHexDigits = "0123456789abcdef";

bool is_plain(char c) {
  return c > ' ' && c < '\x7f';
}

int hex_value(char c) {
  const auto at = kHexDigits.find(ascii::to_lower(c));
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::optional<std::vector<std::string_view>> take_word_line(std::string_view& text) {
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

std::string escape_word(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_plain(c) && c != '%' && c != ',') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHexDigits[byte >> 4U], kHexDigits[byte & 15U]};
    }
  }
  return out;
}

std::optional<std::string> unescape_word(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_plain(text[i]) || text[i] == ',') return std::nullopt;
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace backstop
