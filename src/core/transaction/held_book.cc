#include "core/transaction/held_book.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <span>

#include "core/base/held_limits.h"

namespace backstop::transaction {
namespace {

constexpr std::string_view kNotified = "notified";
constexpr std::string_view kExpired = "expired";
constexpr std::string_view kRan = "ran";
constexpr std::string_view kHeld = "held";
constexpr std::string_view kOverdue = "overdue";
constexpr std::string_view kNone = "-";

constexpr std::size_t kWords = 6;

// The words of a line with single blanks between; more than kWords are none.
std::span<const std::string_view> split(std::string_view line,
                                        std::array<std::string_view, kWords>& words) {
  std::size_t count = 0;
  for (;;) {
    const std::size_t blank = line.find(' ');
    if (count == kWords) return {};
    words[count++] = line.substr(0, blank);
    if (blank == line.npos) break;
    line.remove_prefix(blank + 1);
  }
  for (std::size_t i = 0; i < count; ++i)
    if (words[i].empty()) return {};
  return {words.data(), count};
}

bool take_line(std::string_view line, HeldBook& out) {
  std::array<std::string_view, kWords> storage;
  const auto words = split(line, storage);
  if (words.size() == 2 && words[0] == kNotified) {
    const auto at = parse_instant(words[1]);
    if (at) out.notified = *at;
    return at.has_value();
  }
  if (words.size() == 2 && words[0] == kRan) {
    const auto at = parse_instant(words[1]);
    if (at) out.ran = *at;
    return at.has_value();
  }
  // Behind the line of its message.
  if (words.size() == 3 && words[0] == kOverdue) {
    const auto entry = out.entries.find(words[1]);
    const auto at = parse_instant(words[2]);
    if (entry == out.entries.end() || !at) return false;
    entry->second.overdue = *at;
    return true;
  }
  if (words.size() == 2 && words[0] == kExpired) {
    std::size_t count = 0;
    const char* const end = words[1].data() + words[1].size();
    const auto [rest, error] = std::from_chars(words[1].data(), end, count);
    if (error != std::errc{} || rest != end) return false;
    out.expired = count;
    return true;
  }
  if (words.size() != kWords || words[0] != kHeld) return false;
  const auto arrived = parse_instant(words[2]);
  if (!arrived) return false;
  if (out.entries.size() >= limits::kHeldMessages) return false;
  const auto clear = [](std::string_view word) {
    return std::string(word == kNone ? std::string_view() : word);
  };
  out.entries[std::string(words[1])] = {.arrived = *arrived,
                                        .verdict = std::string(words[3]),
                                        .kind = std::string(words[4]),
                                        .reasons = clear(words[5]),
                                        .overdue = std::nullopt};
  return true;
}

}  // namespace

HeldBook parse_held_book(std::string_view text, std::size_t* unreadable) {
  HeldBook out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    if (!take_line(line, out) && unreadable != nullptr) ++*unreadable;
  }
  return out;
}

std::string render_held_book(const HeldBook& book) {
  std::string out;
  if (book.notified) out += fmt::format("{} {}\n", kNotified, render_instant(*book.notified));
  if (book.expired > 0) out += fmt::format("{} {}\n", kExpired, book.expired);
  if (book.ran) out += fmt::format("{} {}\n", kRan, render_instant(*book.ran));
  for (const auto& [id, entry] : book.entries) {
    out +=
        fmt::format("{} {} {} {} {} {}\n", kHeld, id, render_instant(entry.arrived), entry.verdict,
                    entry.kind, entry.reasons.empty() ? kNone : std::string_view(entry.reasons));
    if (entry.overdue)
      out += fmt::format("{} {} {}\n", kOverdue, id, render_instant(*entry.overdue));
  }
  return out;
}

}  // namespace backstop::transaction
