// The file `alarms`: one line for each alarm that was ever raised.
#include <fmt/core.h>

#include <array>
#include <charconv>

#include "core/alarm/book.h"
#include "core/base/limits.h"

namespace backstop::alarm {
namespace {

constexpr std::size_t kCells = 9;

// A cell stands between tabs on one line.
std::string escape_cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::optional<std::string> unescape_cell(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.push_back(text[i]);
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    if (text[i] == '\\') {
      out.push_back('\\');
    } else if (text[i] == 't') {
      out.push_back('\t');
    } else if (text[i] == 'n') {
      out.push_back('\n');
    } else {
      return std::nullopt;
    }
  }
  return out;
}

std::string render_when(const std::optional<Instant>& at) {
  return at ? render_instant(*at) : "-";
}

bool parse_when(std::string_view text, std::optional<Instant>& out) {
  if (text == "-") return true;
  const auto at = parse_instant(text);
  if (!at) return false;
  out = *at;
  return true;
}

bool parse_flag(std::string_view text, std::string_view yes, std::string_view no, bool& out) {
  out = text == yes;
  return text == yes || text == no;
}

std::optional<Standing> parse_line(std::string_view line) {
  std::array<std::string_view, kCells> cells;
  for (std::size_t i = 0; i < kCells; ++i) {
    const std::size_t tab = line.find('\t');
    if ((tab == line.npos) != (i + 1 == kCells)) return std::nullopt;
    cells.at(i) = line.substr(0, tab);
    line = tab == line.npos ? std::string_view() : line.substr(tab + 1);
  }
  Standing out{.end = std::nullopt, .sentence = {}, .told = {}};
  const auto alarm = parse_alarm(cells[0]);
  std::optional<Instant> since;
  std::optional<Instant> last;
  if (!alarm || !parse_flag(cells[1], "open", "over", out.is_open) ||
      !parse_when(cells[2], since) || !parse_when(cells[3], last) ||
      !parse_when(cells[4], out.end) || !parse_flag(cells[6], "told", "untold", out.is_told) ||
      !parse_when(cells[7], out.told) || !since || !last || out.is_open == out.end.has_value())
    return std::nullopt;
  out.alarm = *alarm;
  out.since = *since;
  out.last = *last;
  const char* const end = cells[5].data() + cells[5].size();
  const auto [stop, error] = std::from_chars(cells[5].data(), end, out.count);
  auto sentence = unescape_cell(cells[8]);
  if (error != std::errc() || stop != end || !sentence ||
      sentence->size() > limits::kAlarmSentenceBytes)
    return std::nullopt;
  out.sentence = *std::move(sentence);
  return out;
}

}  // namespace

std::string render_standings(const std::vector<Standing>& standings) {
  std::string out;
  for (const Standing& one : standings) {
    out += fmt::format(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", name_of(one.alarm), one.is_open ? "open" : "over",
        render_instant(one.since), render_instant(one.last), render_when(one.end), one.count,
        one.is_told ? "told" : "untold", render_when(one.told), escape_cell(one.sentence));
  }
  return out;
}

std::vector<Standing> parse_standings(std::string_view text, unsigned* unreadable) {
  std::vector<Standing> out;
  std::array<bool, kAlarmsMost> seen{};
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    auto one = parse_line(text.substr(0, end));
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    if (one && !seen.at(static_cast<std::size_t>(one->alarm))) {
      seen.at(static_cast<std::size_t>(one->alarm)) = true;
      out.push_back(*std::move(one));
    } else if (unreadable != nullptr) {
      ++*unreadable;
    }
  }
  return out;
}

}  // namespace backstop::alarm
