#include "core/watch/run_text.h"

#include <algorithm>
#include <utility>

#include "core/base/word_line.h"
#include "core/watch/text_words.h"

namespace backstop::watch {
namespace {

constexpr std::array<std::pair<std::string_view, Tally Run::*>, 5> kTallies = {{
    {"domain", &Run::domains},
    {"sibling", &Run::siblings},
    {"language", &Run::languages},
    {"source", &Run::sources},
    {"knowing", &Run::knowing_sources},
}};

constexpr std::array<std::uint64_t Run::*, 9> kCounts = {
    &Run::messages,  &Run::returned, &Run::refused,    &Run::to_unknown,  &Run::source_knew,
    &Run::with_text, &Run::names_us, &Run::hour_count, &Run::busiest_hour};
constexpr std::array<Second Run::*, 3> kTimes = {&Run::first, &Run::last, &Run::hour};

void render_held(std::string_view name, const HeldHashes& held, std::string& out) {
  std::string list;
  for (const auto& [hash, n] : held.all()) {
    if (n >= kHeldAddress) fmt::format_to(std::back_inserter(list), "{:x}:{},", hash, n);
  }
  if (list.empty()) return;
  list.pop_back();
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, list);
}

// "HASH:NUMBER,..."; false at the first that is none.
template <class Take>
bool parse_pairs(std::string_view list, std::size_t most, const Take& take) {
  for (std::size_t n = 0; !list.empty(); ++n) {
    const std::string_view item = *take_item(list);
    const std::size_t colon = item.find(':');
    std::uint64_t hash = 0;
    std::uint32_t number = 0;
    if (n == most || colon == item.npos || !parse_number(item.substr(0, colon), hash, 16) ||
        !parse_number(item.substr(colon + 1), number))
      return false;
    take(hash, number);
  }
  return true;
}

bool parse_clock(const std::vector<std::string_view>& words, RunClock& clock) {
  RunClock::Parts parts;
  if (words.size() != 5 || !parse_number(words[1], parts.oldest) ||
      !parse_numbers(words[2], parts.delays) || !parse_sketch(words[3], parts.sites))
    return false;
  std::size_t n = 0;
  const std::string_view list = words[4] == "-" ? "" : words[4];
  const bool good = parse_pairs(list, RunClock::kSites, [&](std::uint64_t hash, Second newest) {
    parts.newest.at(n++) = {.hash = hash, .newest = newest};
  });
  const bool in_order =
      std::ranges::is_sorted(parts.newest, std::greater(), &RunClock::Site::newest);
  if (good && in_order) clock.set_parts(parts);
  return good && in_order;
}

bool parse_head(const std::vector<std::string_view>& words, Run& run) {
  if (words.size() != 3 + kTimes.size() + kCounts.size()) return false;
  bool good =
      parse_number(words[1], run.id) && run.id != 0 && parse_number(words[2], run.domain_count);
  for (std::size_t i = 0; i < kTimes.size(); ++i)
    good = good && parse_number(words[3 + i], run.*kTimes.at(i));
  for (std::size_t i = 0; i < kCounts.size(); ++i)
    good = good && parse_number(words[3 + kTimes.size() + i], run.*kCounts.at(i));
  return good && run.first <= run.last;
}

bool parse_name(const std::vector<std::string_view>& words, Run& run) {
  if (words.size() != 4) return false;
  const auto tally = std::ranges::find(kTallies, words[1], &decltype(kTallies)::value_type::first);
  std::uint64_t n = 0;
  if (tally == kTallies.end() || !parse_number(words[2], n) || n == 0) return false;
  const auto name = unescape_word(words[3]);
  if (!name || name->empty()) return false;
  (run.*tally->second).add(*name, {}, n);
  if (words[1] == "domain") run.domains_seen.add(hash_address("", *name, 0), run.last);
  return true;
}

}  // namespace

std::string render_sketch(const Sketch& sketch) {
  if (sketch.registers() == Sketch().registers()) return "-";
  std::string out;
  for (const std::uint8_t rank : sketch.registers())
    fmt::format_to(std::back_inserter(out), "{:02x}", rank);
  return out;
}

bool parse_sketch(std::string_view word, Sketch& out) {
  if (word == "-") return true;
  auto registers = Sketch().registers();
  if (word.size() != 2 * registers.size()) return false;
  for (std::size_t i = 0; i < registers.size(); ++i) {
    // Of a hash of 64 bits nothing is ranked higher.
    if (!parse_number(word.substr(2 * i, 2), registers.at(i), 16) || registers.at(i) > 65)
      return false;
  }
  out.set_registers(registers);
  return true;
}

void render_run(const Run& run, std::string& out) {
  const auto add = std::back_inserter(out);
  fmt::format_to(add, "run {} {}", run.id, run.domain_count);
  for (const auto time : kTimes)
    fmt::format_to(add, " {}", run.*time);
  for (const auto count : kCounts)
    fmt::format_to(add, " {}", run.*count);
  fmt::format_to(add, "\ncounts {} {} {} {}\n", render_numbers(run.kinds),
                 render_numbers(run.reasons), render_numbers(run.address_states),
                 render_numbers(run.patterns));
  fmt::format_to(add, "sketches {} {}\n", render_sketch(run.addresses), render_sketch(run.clients));
  const RunClock::Parts& parts = run.clock.parts();
  std::string newest;
  for (const RunClock::Site& site : parts.newest) {
    if (site.newest != 0)
      fmt::format_to(std::back_inserter(newest), "{:x}:{},", site.hash, site.newest);
  }
  if (!newest.empty()) newest.pop_back();
  fmt::format_to(add, "clock {} {} {} {}\n", parts.oldest, render_numbers(parts.delays),
                 render_sketch(parts.sites), newest.empty() ? "-" : newest);
  render_held("addresses", run.held_addresses, out);
  render_held("pairs", run.held_pairs, out);
  for (const auto& [name, tally] : kTallies) {
    for (const Tallied& one : (run.*tally).top(limits::kWatchRunNames).names)
      fmt::format_to(add, "met {} {} {}\n", name, one.n, escape_word(one.name));
  }
}

bool parse_run_line(const std::vector<std::string_view>& words, Run& run) {
  const std::string_view what = words[0];
  if (what == "run") return parse_head(words, run);
  if (what == "counts") {
    return words.size() == 5 && parse_numbers(words[1], run.kinds) &&
           parse_numbers(words[2], run.reasons) && parse_numbers(words[3], run.address_states) &&
           parse_numbers(words[4], run.patterns);
  }
  if (what == "sketches") {
    return words.size() == 3 && parse_sketch(words[1], run.addresses) &&
           parse_sketch(words[2], run.clients);
  }
  if (what == "clock") return parse_clock(words, run.clock);
  if (what == "addresses" || what == "pairs") {
    HeldHashes& held = what == "pairs" ? run.held_pairs : run.held_addresses;
    return words.size() == 2 && parse_pairs(words[1], limits::kWatchRunAddresses,
                                            [&](std::uint64_t hash, std::uint32_t n) {
                                              held.add(hash, n);
                                              if (what == "addresses")
                                                run.few_addresses.add(hash, run.last);
                                            });
  }
  return what == "met" && parse_name(words, run);
}

void render_feature(std::uint64_t hash, const Feature& feature, std::string& out) {
  fmt::format_to(std::back_inserter(out), "feature {} {:x} {} {} {} {} {}\n",
                 static_cast<unsigned>(feature.sort), hash, feature.run, feature.n, feature.ours,
                 feature.last, escape_word(feature.text));
}

bool parse_feature(const std::vector<std::string_view>& words, FeatureTable& features) {
  Feature feature;
  unsigned sort = 0;
  std::uint64_t hash = 0;
  if (words.size() != 8 || !parse_number(words[1], sort) || sort >= kFeatureSorts ||
      !parse_number(words[2], hash, 16) || !parse_number(words[3], feature.run) ||
      !parse_number(words[4], feature.n) || !parse_number(words[5], feature.ours) ||
      !parse_number(words[6], feature.last))
    return false;
  auto text = unescape_word(words[7]);
  if (!text || text->size() > limits::kWatchTextBytes) return false;
  feature.sort = static_cast<FeatureSort>(sort);
  feature.text = *std::move(text);
  features.restore(hash, std::move(feature));
  return features.all().size() <= limits::kWatchFeatures;
}

}  // namespace backstop::watch
