#include "app/rule_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "app/sealed_file.h"
#include "core/base/word_line.h"
#include "edge/os/file_lock.h"

namespace backstop::app {
namespace {

std::optional<std::uint64_t> parse_count(std::string_view word) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return count;
}

// "counts 7 12 300 0 4 2026-11-22T01:00:00Z 2026-11-22T02:00:00Z": held, refused, refused unkept,
// would; first and last.
std::string render_counts(const AllRuleCounts& all) {
  std::string out;
  for (const auto& [rule, counts] : all) {
    if (!counts.first || !counts.last) continue;
    out += fmt::format("counts {} {} {} {}\n", rule, fmt::join(counts.deeds, " "),
                       render_instant(*counts.first), render_instant(*counts.last));
  }
  return out;
}

std::optional<AllRuleCounts> parse_counts(std::string_view text) {
  AllRuleCounts out;
  while (const auto line = take_word_line(text)) {
    if (line->size() != 4 + transaction::kRuleDeeds || (*line)[0] != "counts") return std::nullopt;
    const auto rule = watch::parse_rule_name((*line)[1]);
    RuleCounts counts;
    for (std::size_t i = 0; i < counts.deeds.size(); ++i) {
      const auto count = parse_count((*line)[2 + i]);
      if (!count) return std::nullopt;
      counts.deeds.at(i) = *count;
    }
    const auto first = parse_instant((*line)[2 + transaction::kRuleDeeds]);
    const auto last = parse_instant((*line)[3 + transaction::kRuleDeeds]);
    if (!rule || !first || !last || out.size() >= 2 * limits::kRules) return std::nullopt;
    counts.first = *first;
    counts.last = *last;
    out[*rule] = counts;
  }
  return out;
}

}  // namespace

void RuleCounts::add(transaction::RuleDeed deed, Instant now) {
  ++deeds.at(static_cast<std::size_t>(deed));
  if (!first) first = now;
  last = last ? std::max(*last, now) : now;
}

Result<watch::RuleBook> read_rules(const std::string& directory) {
  const auto text = read_sealed(directory, kRulesFile, limits::kRuleFileBytes);
  if (!text && text.error().code == Errc::NotFound) return watch::RuleBook{};
  if (!text) return tl::unexpected<Error>(text.error());
  auto rules = watch::RuleBook::parse(*text);
  if (!rules)
    return fail(Errc::Invalid, fmt::format("{}/{}", directory, kRulesFile),
                "holds a line of no form; move it away, and make the rules again");
  return *std::move(rules);
}

Result<AllRuleCounts> read_rule_counts(const std::string& directory) {
  const auto text = read_sealed(directory, kRuleCountsFile, limits::kRuleFileBytes);
  if (!text && text.error().code == Errc::NotFound) return AllRuleCounts{};
  if (!text) return tl::unexpected<Error>(text.error());
  auto counts = parse_counts(*text);
  if (!counts)
    return fail(Errc::Invalid, fmt::format("{}/{}", directory, kRuleCountsFile),
                "holds a line of no form; move it away");
  return *std::move(counts);
}

Result<void> write_rule_counts(const std::string& directory, const AllRuleCounts& counts) {
  return write_sealed(directory, kRuleCountsFile, render_counts(counts));
}

Result<void> change_rules(const std::string& directory,
                          const std::function<Result<void>(watch::RuleBook&)>& change) {
  BS_TRY(const os::FileLock lock, os::FileLock::take(directory));
  BS_TRY(watch::RuleBook rules, read_rules(directory));
  // Where the file was moved away, or an older one put back, a number must not be given again.
  if (const auto counts = read_rule_counts(directory); counts && !counts->empty())
    rules.begin_behind(counts->rbegin()->first);
  BS_TRY_VOID(change(rules));
  const std::string text = rules.render();
  // What cannot be read again would leave no rule that could be ended.
  if (text.size() + seal_bytes(kRulesFile) > limits::kRuleFileBytes ||
      !watch::RuleBook::parse(text))
    return fail(Errc::Limit, fmt::format("{}/{}", directory, kRulesFile),
                "has no room for it; nothing is changed");
  return write_sealed(directory, kRulesFile, text);
}

}  // namespace backstop::app
