// Facts as text and back, for the history: a decision can be recomputed from its row.
#include <fmt/format.h>

#include <array>

#include "core/policy/policy.h"

namespace backstop::policy {
namespace {

constexpr std::string_view kVersion = "v=1";

// Every field once, for writing, reading and comparing.  Enumerators count from 0 without holes,
// and their names are never changed.
template <class Facts, class Visit>
bool visit_fields(Facts& f, Visit visit) {
  return visit("kind", f.kind, reading::kKindCount) && visit("returned", f.returned, 3U) &&
         visit("token", f.token, 6U) && visit("ledger", f.ledger, 6U) &&
         visit("dkim", f.dkim, 6U) && visit("tag", f.tag, 6U) && visit("pair", f.pair, 3U) &&
         visit("hint", f.hint, 2U) && visit("signature-hint", f.signature_hint, 2U) &&
         visit("clock-skew", f.clock_skew, 2U) && visit("other-addressee", f.other_addressee, 2U) &&
         visit("signing", f.signing, 4U) && visit("coverage", f.coverage, 3U) &&
         visit("recipient", f.recipient, 3U) && visit("standing", f.standing, 4U) &&
         visit("relay-discards", f.relay_discards, 2U) && visit("attack", f.attack, 3U) &&
         visit("over-rate", f.over_rate, 2U) && visit("rule", f.rule, 4U) &&
         visit("keys", f.keys, 3U) && visit("mode", f.mode, 3U) &&
         visit("late-action", f.actions.late, 5U) &&
         visit("replayed-action", f.actions.replayed, 5U) &&
         visit("unproven-action", f.actions.unproven, 5U) &&
         visit("forged-action", f.actions.forged, 5U);
}

template <class Enum>
std::string_view word_of(Enum value) {
  return name_of(value);
}
template <>
std::string_view word_of(bool value) {
  return value ? "yes" : "no";
}
template <class Enum>
std::string_view word_of(const std::optional<Enum>& value) {
  return value ? name_of(*value) : std::string_view();
}

template <class Enum>
bool read_word(std::string_view word, Enum& value, unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    if (word_of(static_cast<Enum>(i)) != word) continue;
    value = static_cast<Enum>(i);
    return true;
  }
  return false;
}
template <class Enum>
bool read_word(std::string_view word, std::optional<Enum>& value, unsigned count) {
  return read_word(word, value.emplace(), count);
}

// The value of `name` in "v=1 name=value ...".
std::optional<std::string_view> find_word(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const auto end = text.find(' ');
    const std::string_view item = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (item.size() > name.size() && item.starts_with(name) && item[name.size()] == '=')
      return item.substr(name.size() + 1);
  }
  return std::nullopt;
}

std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text)
    count += c == ' ' ? 1 : 0;
  return count;
}

}  // namespace

std::string render_facts(const Facts& facts) {
  static const Facts kDefault;
  std::array<std::string_view, 32> defaults;
  std::size_t i = 0;
  visit_fields(kDefault, [&](std::string_view, const auto& value, unsigned) {
    defaults.at(i++) = word_of(value);
    return true;
  });
  std::string out(kVersion);
  i = 0;
  visit_fields(facts, [&](std::string_view name, const auto& value, unsigned) {
    const std::string_view word = word_of(value);
    if (word != defaults.at(i++)) out += fmt::format(" {}={}", name, word);
    return true;
  });
  return out;
}

std::optional<Facts> parse_facts(std::string_view text) {
  if (text != kVersion && !text.starts_with("v=1 ")) return std::nullopt;
  Facts facts;
  std::size_t read = 0;
  const bool good = visit_fields(facts, [&](std::string_view name, auto& value, unsigned count) {
    const auto word = find_word(text, name);
    if (!word) return true;
    ++read;
    return read_word(*word, value, count);
  });
  if (!good || read != count_words(text)) return std::nullopt;
  return facts;
}

std::optional<Decision> parse_decision(std::string_view name) {
  Decision decision = Decision::Accept;
  if (!read_word(name, decision, 5)) return std::nullopt;
  return decision;
}

}  // namespace backstop::policy
