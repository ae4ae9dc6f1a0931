#include "core/coverage/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/base/word_line.h"

namespace backstop::coverage {
namespace {

constexpr auto kKinds = std::to_array<std::string_view>(
    {"here", "service", "client", "selector", "spf", "message-id", "relay"});
static_assert(kKinds.size() == kPathKinds);
constexpr auto kWords =
    std::to_array<std::string_view>({"none", "ours", "not-ours", "signs", "later"});

bool is_plain(char c) {
  return c > ' ' && c < '\x7f';
}

}  // namespace

std::string_view name_of(PathKind kind) {
  return kKinds.at(static_cast<std::size_t>(kind));
}

bool is_logged(PathKind kind) {
  return kind == PathKind::Service || kind == PathKind::Client;
}

std::string_view name_of(Word word) {
  return kWords.at(static_cast<std::size_t>(word));
}

std::optional<Word> parse_word(std::string_view text) {
  const auto found = std::ranges::find(kWords, text);
  if (found == kWords.end()) return std::nullopt;
  return static_cast<Word>(found - kWords.begin());
}

std::string PathName::text() const {
  if (kind == PathKind::Here) return std::string(name_of(kind));
  return fmt::format("{}:{}", name_of(kind), name);
}

std::optional<PathName> parse_path_name(std::string_view text) {
  if (text == name_of(PathKind::Here)) return PathName{};
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto found = std::ranges::find(kKinds, text.substr(0, colon));
  if (found == kKinds.begin() || found == kKinds.end()) return std::nullopt;
  const std::string name = ascii::lower(text.substr(colon + 1));
  if (name.empty() || name.size() > limits::kPathNameBytes || !std::ranges::all_of(name, is_plain))
    return std::nullopt;
  return PathName{static_cast<PathKind>(found - kKinds.begin()), name};
}

std::string clean_path_name(std::string_view text) {
  std::string out = ascii::lower(text.substr(0, limits::kPathNameBytes));
  std::ranges::replace_if(out, [](char c) { return !is_plain(c); }, '?');
  return out.empty() ? "?" : out;
}

std::string render_addresses(const std::vector<std::string>& addresses) {
  std::string out;
  for (const std::string& address : addresses)
    out += (out.empty() ? "" : ",") + escape_word(address);
  return out.empty() ? "-" : out;
}

std::optional<std::vector<std::string>> parse_addresses(std::string_view text) {
  std::vector<std::string> out;
  if (text == "-") return out;
  for (;;) {
    const auto comma = text.find(',');
    auto address = unescape_word(text.substr(0, comma));
    if (!address || address->empty() || out.size() >= limits::kPathAddresses) return std::nullopt;
    out.push_back(*std::move(address));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  std::ranges::sort(out);
  const auto rest = std::ranges::unique(out);
  out.erase(rest.begin(), rest.end());
  return out;
}

std::string render_words(const Words& words) {
  std::string out;
  for (const auto& [domain, of_domain] : words) {
    if (of_domain.whole)
      out += fmt::format("whole {} {}\n", escape_word(domain), render_instant(*of_domain.whole));
    for (const auto& [path, said] : of_domain.said) {
      out +=
          fmt::format("word {} {} {} {} {}\n", escape_word(domain), path.text(), name_of(said.word),
                      render_instant(said.at), render_addresses(said.addresses));
    }
  }
  return out;
}

std::optional<Words> parse_words(std::string_view text) {
  Words out;
  std::size_t count = 0;
  while (auto line = take_word_line(text)) {
    auto domain = line->size() >= 3 ? unescape_word((*line)[1]) : std::nullopt;
    if (!domain || domain->empty() || ++count > limits::kCoverageWords) return std::nullopt;
    if ((*line)[0] == "whole" && line->size() == 3) {
      const auto at = parse_instant((*line)[2]);
      if (!at) return std::nullopt;
      out[*domain].whole = *at;
      continue;
    }
    if ((*line)[0] != "word" || line->size() != 6) return std::nullopt;
    const auto path = parse_path_name((*line)[2]);
    const auto word = parse_word((*line)[3]);
    const auto at = parse_instant((*line)[4]);
    auto addresses = parse_addresses((*line)[5]);
    if (!path || !word || !at || !addresses) return std::nullopt;
    out[*domain].said[*path] = {*word, *at, *std::move(addresses)};
  }
  return out;
}

}  // namespace backstop::coverage
