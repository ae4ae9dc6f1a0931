#include "edge/mta/logical_lines.h"

#include <algorithm>

#include "core/base/limits.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kSpace = " \t\r\n\v\f";

bool is_space(char c) {
  return kSpace.find(c) != std::string_view::npos;
}

void append(Spelled& said, std::string_view text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    said.text += text[i];
    said.at.push_back(i);
  }
}

// Behind the group that opens at `open`, or behind the text where it is never closed.
std::size_t close_of(std::string_view text, std::size_t open) {
  std::size_t depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i + 1;
  }
  return text.size();
}

}  // namespace

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::vector<LogicalLine> logical_lines(std::string_view text) {
  std::vector<LogicalLine> out;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto newline = text.find('\n', begin);
    const std::size_t content_end = newline == std::string_view::npos ? text.size() : newline;
    const std::size_t end = newline == std::string_view::npos ? text.size() : newline + 1;
    const std::string_view line = text.substr(begin, content_end - begin);
    const std::string_view visible = trim(line);
    if (!visible.empty() && visible.front() != '#') {
      if (!is_space(line.front())) {
        if (out.size() == limits::kMtaConfigLines) return out;
        out.push_back({.begin = begin, .end = end, .said = {}});
      }
      // A line that goes on before any began says nothing, as in Postfix.
      if (!out.empty()) {
        append(out.back().said, text, begin, content_end);
        out.back().end = end;
      }
    }
    begin = end;
  }
  return out;
}

std::vector<Element> split_elements(std::string_view text, bool commas) {
  const auto separates = [&](char c) { return is_space(c) || (commas && c == ','); };
  std::vector<Element> out;
  for (std::size_t i = 0; i < text.size();) {
    if (separates(text[i])) {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < text.size() && !separates(text[i]))
      i = text[i] == '{' ? close_of(text, i) : i + 1;
    out.push_back({.begin = begin, .end = i});
  }
  return out;
}

void erase_stretch(std::string& text, std::size_t begin, std::size_t end) {
  text.erase(begin, end - begin);
  const auto before = begin == 0 ? std::string::npos : text.rfind('\n', begin - 1);
  const std::size_t line = before == std::string::npos ? 0 : before + 1;
  const auto newline = text.find('\n', begin);
  const std::size_t line_end = newline == std::string::npos ? text.size() : newline;
  if (!trim(std::string_view(text).substr(line, line_end - line)).empty()) return;
  text.erase(line, (newline == std::string::npos ? line_end : newline + 1) - line);
}

std::string_view line_end_of(std::string_view text) {
  const auto newline = text.find('\n');
  return newline != std::string_view::npos && newline > 0 && text[newline - 1] == '\r' ? "\r\n"
                                                                                       : "\n";
}

}  // namespace backstop::mta
