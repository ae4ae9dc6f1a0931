#include "edge/mta/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/base/limits.h"

namespace backstop::mta {
namespace {

constexpr std::size_t kContext = 3;

struct Line {
  char mark = ' ';  // ' ', '-' or '+'.
  std::string_view text;
};

using Lines = std::vector<std::string_view>;

// Each with its line end, so that a last line without one differs from one with it.
Lines split(std::string_view text) {
  Lines out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
    out.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

// The middles by the longest common subsequence; both are small, or they are replaced whole.
void append_middle(std::vector<Line>& out, const Lines& a, std::size_t a_begin, std::size_t a_end,
                   const Lines& b, std::size_t b_begin, std::size_t b_end) {
  const std::size_t n = a_end - a_begin;
  const std::size_t m = b_end - b_begin;
  if (n + m > limits::kDiffLines) {
    for (std::size_t i = a_begin; i < a_end; ++i)
      out.push_back({'-', a[i]});
    for (std::size_t j = b_begin; j < b_end; ++j)
      out.push_back({'+', b[j]});
    return;
  }
  // longest[i][j]: of the tails from i and j on.
  std::vector<std::vector<std::uint32_t>> longest(n + 1, std::vector<std::uint32_t>(m + 1, 0));
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = m; j-- > 0;) {
      longest[i][j] = a[a_begin + i] == b[b_begin + j]
                          ? longest[i + 1][j + 1] + 1
                          : std::max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && a[a_begin + i] == b[b_begin + j]) {
      out.push_back({' ', a[a_begin + i]});
      ++i;
      ++j;
    } else if (j == m || (i < n && longest[i + 1][j] >= longest[i][j + 1])) {
      out.push_back({'-', a[a_begin + i++]});
    } else {
      out.push_back({'+', b[b_begin + j++]});
    }
  }
}

std::vector<Line> compare(const Lines& a, const Lines& b) {
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head])
    ++head;
  std::size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
    ++tail;
  std::vector<Line> out;
  for (std::size_t i = 0; i < head; ++i)
    out.push_back({' ', a[i]});
  append_middle(out, a, head, a.size() - tail, b, head, b.size() - tail);
  for (std::size_t i = a.size() - tail; i < a.size(); ++i)
    out.push_back({' ', a[i]});
  return out;
}

// "12", "12,3"; an empty range is written by the line before it (POSIX diff).
std::string range(std::size_t begin, std::size_t count) {
  if (count == 1) return fmt::format("{}", begin + 1);
  return fmt::format("{},{}", count == 0 ? begin : begin + 1, count);
}

void append_hunk(std::string& out, const std::vector<Line>& lines, std::size_t begin,
                 std::size_t end, std::size_t a_line, std::size_t b_line) {
  std::size_t a_count = 0;
  std::size_t b_count = 0;
  for (std::size_t i = begin; i < end; ++i) {
    a_count += lines[i].mark != '+' ? 1 : 0;
    b_count += lines[i].mark != '-' ? 1 : 0;
  }
  out += fmt::format("@@ -{} +{} @@\n", range(a_line, a_count), range(b_line, b_count));
  for (std::size_t i = begin; i < end; ++i) {
    out += lines[i].mark;
    out += lines[i].text;
    if (!lines[i].text.ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, std::string_view name) {
  if (before == after) return "";
  const Lines a = split(before);
  const Lines b = split(after);
  const std::vector<Line> lines = compare(a, b);
  std::string out = fmt::format("--- {}\n+++ {}\n", name, name);
  std::size_t a_line = 0;  // Of lines[i].
  std::size_t b_line = 0;
  std::size_t i = 0;
  while (i < lines.size()) {
    std::size_t change = i;
    while (change < lines.size() && lines[change].mark == ' ')
      ++change;
    if (change == lines.size()) break;
    const std::size_t begin = std::max(i, change - std::min(change, kContext));
    a_line += begin - i;
    b_line += begin - i;
    // The hunk ends where more than twice the context follows unchanged.
    std::size_t end = change;
    for (std::size_t j = change; j < lines.size() && j <= end + 2 * kContext; ++j)
      if (lines[j].mark != ' ') end = j + 1;
    end = std::min(end + kContext, lines.size());
    append_hunk(out, lines, begin, end, a_line, b_line);
    for (i = begin; i < end; ++i) {
      a_line += lines[i].mark != '+' ? 1 : 0;
      b_line += lines[i].mark != '-' ? 1 : 0;
    }
  }
  return out;
}

}  // namespace backstop::mta
