#include "app/text_page.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/base/escape.h"

namespace backstop::app {
namespace {

constexpr std::size_t kLabelColumns = 12;
constexpr std::size_t kIndent = 2;
// Where nothing is folded.
constexpr std::size_t kEndless = 1'000'000;
constexpr std::size_t kNarrowest = 40;
constexpr std::size_t kWidest = 120;

std::string_view code_of(Tone tone) {
  switch (tone) {
    case Tone::Plain:
      return "";
    case Tone::Good:
      return "\x1b[32m";
    case Tone::Warning:
      return "\x1b[33m";
    case Tone::Bad:
      return "\x1b[1;31m";
    case Tone::Strong:
      return "\x1b[1m";
  }
  return "";
}

// Bytes of `text` that go on one line of `room` columns: up to the last blank that fits; a word
// that is longer than the line is left whole, so that it can be copied.
std::size_t fold_at(std::string_view text, std::size_t room) {
  if (text.size() <= room) return text.size();
  std::size_t blank = text.rfind(' ', room);
  if (blank == text.npos || blank == 0) blank = text.find(' ');
  return blank == text.npos ? text.size() : blank;
}

}  // namespace

TextPage TextPage::for_stdout() {
  if (isatty(STDOUT_FILENO) == 0) return {kEndless, false};
  winsize size{};
  std::size_t width = 80;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) width = size.ws_col;
  return {std::clamp(width, kNarrowest, kWidest), true};
}

void TextPage::put(std::string_view text, Tone tone) {
  const std::string_view code = colour_ ? code_of(tone) : std::string_view();
  text_.append(code).append(text);
  if (!code.empty()) text_.append("\x1b[0m");
  text_.push_back('\n');
}

void TextPage::title(std::string_view text, Tone tone) {
  if (!text_.empty()) text_.push_back('\n');
  put(escape_terminal(text), tone);
  last_label_.clear();
}

void TextPage::row(std::string_view text, Tone tone) {
  text_.append(kIndent, ' ');
  put(escape_terminal(text), tone);
  last_label_.clear();
}

void TextPage::line(std::string_view label, std::string_view text, Tone tone) {
  if (text.empty()) return;
  const std::string escaped = escape_terminal(text);
  std::string_view rest = escaped;
  const std::size_t margin = kIndent + kLabelColumns + 1;
  std::string_view shown = label == last_label_ ? std::string_view() : label;
  while (!rest.empty()) {
    const std::size_t size = fold_at(rest, std::max(width_, margin + 1) - margin);
    text_.append(fmt::format("{:{}}{:<{}} ", "", kIndent, shown, kLabelColumns));
    put(rest.substr(0, size), tone);
    shown = {};
    rest.remove_prefix(std::min(rest.size(), size + 1));
  }
  last_label_ = label;
}

std::string group_digits(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string count_of(std::uint64_t number, std::string_view word) {
  return fmt::format("{} {}{}", group_digits(number), word, number == 1 ? "" : "s");
}

std::string size_of(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 5> kUnits{"bytes", "KB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  auto value = static_cast<double>(bytes);
  while (value >= 1000 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 || value >= 10 ? fmt::format("{:.0f} {}", value, kUnits[unit])
                                  : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace backstop::app
