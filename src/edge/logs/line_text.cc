#include "edge/logs/line_text.h"

#include <algorithm>

#include "core/base/ascii.h"

namespace backstop::logs {
namespace {

// A queue id of Postfix, Exim or Sendmail is longer than this and shorter than that.
constexpr std::size_t kQueueIdMin = 5;
constexpr std::size_t kQueueIdMax = 32;

// Where the path that starts at text[0] == '<' ends: the '>' outside of quotes.
std::size_t find_path_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted) {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == '>' && !quoted) {
      return i;
    }
  }
  return text.find('>');
}

std::size_t count_digits(std::string_view text) {
  const auto other = std::find_if_not(text.begin(), text.end(), ascii::is_digit);
  return static_cast<std::size_t>(other - text.begin());
}

// The length of "5.1.1" at the front, else 0.
std::size_t measure_dsn(std::string_view text) {
  if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.') {
    return 0;
  }
  const std::size_t subject = count_digits(text.substr(2));
  if (subject == 0 || subject > 3 || text.size() <= 2 + subject || text[2 + subject] != '.') {
    return 0;
  }
  const std::size_t detail = count_digits(text.substr(3 + subject));
  return detail == 0 || detail > 3 ? 0 : 3 + subject + detail;
}

}  // namespace

std::string_view take_until(std::string_view& text, std::string_view separator) {
  const std::size_t at = text.find(separator);
  const std::string_view out = text.substr(0, at);
  text = at == text.npos ? std::string_view() : text.substr(at + separator.size());
  return out;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<std::string_view> take_path(std::string_view& text) {
  if (!text.starts_with('<')) return std::nullopt;
  const std::size_t end = find_path_end(text);
  if (end == text.npos) return std::nullopt;
  const std::string_view out = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  return out;
}

std::string_view strip_brackets(std::string_view text) {
  if (text.size() < 2 || text.front() != '<' || text.back() != '>') return text;
  return text.substr(1, text.size() - 2);
}

std::string_view find_dsn(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    // At the start of a word, or behind the '-' of a reply of several lines.
    if (i > 0 && text[i - 1] != ' ' && text[i - 1] != '-' && text[i - 1] != '#') continue;
    const std::size_t length = measure_dsn(text.substr(i));
    if (length != 0) return text.substr(i, length);
  }
  return {};
}

bool is_queue_id(std::string_view text) {
  if (text.size() < kQueueIdMin || text.size() > kQueueIdMax) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return ascii::is_alnum(c) || c == '-'; });
}

}  // namespace backstop::logs
