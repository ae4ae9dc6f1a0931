#include <algorithm>

#include "core/base/ascii.h"
#include "core/play/play.h"

namespace backstop::play {
namespace {

// The name of "{name}" at the front of `text`, or "".
std::string_view name_at_front(std::string_view text) {
  if (text.empty() || text.front() != '{') return {};
  const auto end = text.find('}');
  if (end == std::string_view::npos || end < 2) return {};
  const std::string_view name = text.substr(1, end - 1);
  const bool word =
      std::all_of(name.begin(), name.end(), [](char c) { return ascii::is_alnum(c) || c == '_'; });
  return word ? name : std::string_view();
}

}  // namespace

std::string* Bindings::find(std::string_view name) {
  for (auto& [known, text] : texts_) {
    if (known == name) return &text;
  }
  return nullptr;
}

bool Bindings::match(std::string_view pattern, std::string_view text) {
  while (!pattern.empty()) {
    if (const auto name = name_at_front(pattern); !name.empty()) {
      pattern.remove_prefix(name.size() + 2);
      if (const std::string* known = find(name)) {
        if (!text.starts_with(*known)) return false;
        text.remove_prefix(known->size());
        continue;
      }
      // A name takes all up to the character behind it in the pattern, the next white space, or the
      // end.
      std::string ends = " \t";
      if (!pattern.empty() && pattern.front() != '{' && pattern.front() != '*')
        ends += pattern.front();
      const std::string_view taken = text.substr(0, text.find_first_of(ends));
      texts_.emplace_back(name, taken);
      text.remove_prefix(taken.size());
      continue;
    }
    if (pattern.front() == '*') {
      pattern.remove_prefix(1);
      for (std::size_t skipped = 0; skipped <= text.size(); ++skipped) {
        Bindings attempt = *this;
        if (!attempt.match(pattern, text.substr(skipped))) continue;
        *this = std::move(attempt);
        return true;
      }
      return false;
    }
    if (text.empty() || text.front() != pattern.front()) return false;
    pattern.remove_prefix(1);
    text.remove_prefix(1);
  }
  return text.empty();
}

std::string Bindings::fill(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const auto name = name_at_front(text);
    const auto known =
        std::find_if(texts_.begin(), texts_.end(), [&](const auto& t) { return t.first == name; });
    if (name.empty() || known == texts_.end()) {
      out.push_back(text.front());
      text.remove_prefix(1);
    } else {
      out += known->second;
      text.remove_prefix(name.size() + 2);
    }
  }
  return out;
}

}  // namespace backstop::play
