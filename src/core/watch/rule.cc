#include "core/watch/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/limits.h"
#include "core/base/word_line.h"
#include "core/reading/kind_name.h"

namespace backstop::watch {
namespace {

constexpr auto kActions = std::to_array<std::string_view>({"quarantine", "refuse", "valve"});

// "-" stands for nothing, so nothing may be "-".
std::string word_of(std::string_view text) {
  if (text.empty()) return "-";
  return text == "-" ? "%2d" : escape_word(text);
}

bool read_word(std::string_view word, std::string& text) {
  if (word == "-") return true;
  auto read = unescape_word(word);
  if (!read || read->empty()) return false;
  text = *std::move(read);
  return true;
}

std::optional<unsigned> parse_number(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

constexpr std::size_t kRuleWords = 14;

std::string render_rule(const Rule& rule) {
  return fmt::format("rule {} {} {} {} {} {} {} {} {} {} {} {} {}\n", rule.number,
                     name_of(rule.action), render_instant(rule.begun), render_instant(rule.ends),
                     word_of(rule.domain), word_of(rule.address), word_of(rule.pattern),
                     word_of(rule.subject), word_of(rule.message_id),
                     rule.kind ? reading::name_of(*rule.kind) : "-", word_of(rule.run),
                     word_of(rule.author), word_of(rule.reason));
}

std::optional<Rule> parse_rule(const std::vector<std::string_view>& words) {
  if (words.size() != kRuleWords || words[0] != "rule") return std::nullopt;
  const auto number = parse_number(words[1]);
  const auto action = parse_rule_action(words[2]);
  const auto begun = parse_instant(words[3]);
  const auto ends = parse_instant(words[4]);
  if (!number || !action || !begun || !ends) return std::nullopt;
  Rule rule{.number = *number, .action = *action, .domain = {}, .begun = *begun, .ends = *ends};
  if (words[10] != "-") {
    rule.kind = reading::parse_kind(words[10]);
    if (!rule.kind) return std::nullopt;
  }
  const bool read = read_word(words[5], rule.domain) && read_word(words[6], rule.address) &&
                    read_word(words[7], rule.pattern) && read_word(words[8], rule.subject) &&
                    read_word(words[9], rule.message_id) && read_word(words[11], rule.run) &&
                    read_word(words[12], rule.author) && read_word(words[13], rule.reason);
  if (!read || !validate(rule)) return std::nullopt;
  return rule;
}

Result<void> validate_valve(const Rule& rule) {
  const bool narrow = !rule.address.empty() || !rule.pattern.empty() || !rule.subject.empty() ||
                      !rule.message_id.empty() || rule.kind;
  if (narrow)
    return fail(Errc::Invalid, "a valve",
                "closes a whole domain; leave the address, subject and kind out, or make a rule");
  return {};
}

Result<void> validate_marks(const Rule& rule) {
  const bool tells = !rule.address.empty() || !rule.subject.empty() || !rule.message_id.empty();
  if (!tells)
    return fail(Errc::Invalid, "a rule",
                "needs what tells its run from other mail: an address, the subject of the spam, or "
                "where its Message-ID says it is from");
  if (rule.address.empty()) return {};
  const auto at = rule.address.rfind('@');
  if (at == std::string::npos || at == 0 || rule.address.substr(at + 1) != rule.domain)
    return fail(Errc::Invalid, rule.address, "is no address of " + rule.domain);
  return {};
}

}  // namespace

std::string_view name_of(RuleAction action) {
  return kActions.at(static_cast<std::size_t>(action));
}

std::optional<RuleAction> parse_rule_action(std::string_view name) {
  const auto found = std::ranges::find(kActions, name);
  if (found == kActions.end()) return std::nullopt;
  return static_cast<RuleAction>(found - kActions.begin());
}

std::string Rule::name() const {
  return fmt::format("r{}", number);
}

std::optional<unsigned> parse_rule_name(std::string_view text) {
  if (text.starts_with('r')) text.remove_prefix(1);
  return parse_number(text);
}

Result<void> validate(const Rule& rule) {
  if (rule.domain.empty()) return fail(Errc::Invalid, "a rule", "needs a domain of yours");
  const bool is_valve = rule.action == RuleAction::Valve;
  BS_TRY_VOID(is_valve ? validate_valve(rule) : validate_marks(rule));
  const Seconds longest = is_valve ? limits::kValveLongest : limits::kRuleLongest;
  if (rule.ends < rule.begun || rule.ends - rule.begun > longest)
    return fail(Errc::Limit, is_valve ? "a valve" : "a rule",
                fmt::format("ends after {} at most; make it again if it is still needed then",
                            render_duration(longest)));
  if (rule.reason.empty())
    return fail(Errc::Invalid, "a rule",
                "needs a reason, for whoever looks at it tomorrow: --reason TEXT");
  if (rule.reason.size() > limits::kRuleReasonBytes)
    return fail(Errc::Limit, "a reason",
                fmt::format("has at most {} bytes", limits::kRuleReasonBytes));
  for (const std::string* name : {&rule.author, &rule.run})
    if (name->size() > limits::kRuleNameBytes)
      return fail(Errc::Limit, "a name",
                  fmt::format("has at most {} bytes", limits::kRuleNameBytes));
  if (rule.domain.size() > limits::kPathBytes || rule.address.size() > limits::kPathBytes)
    return fail(Errc::Limit, "an address", fmt::format("has at most {} bytes", limits::kPathBytes));
  for (const std::string* part : {&rule.pattern, &rule.subject, &rule.message_id})
    if (part->size() > kFingerprintTextBytes)
      return fail(Errc::Limit, "a rule",
                  fmt::format("looks at the first {} bytes of a text", kFingerprintTextBytes));
  return {};
}

bool fits(const Rule& rule, const mail::Address& recipient, const Fingerprint& print,
          reading::Kind kind) {
  if (mail::canonical_domain(recipient.domain) != rule.domain) return false;
  if (rule.action == RuleAction::Valve) return true;
  if (rule.kind && *rule.kind != kind) return false;
  if (!rule.address.empty() && mail::canonical(recipient) != rule.address) return false;
  if (!rule.pattern.empty() && find_pattern(recipient.local) != rule.pattern) return false;
  if (!rule.subject.empty() && print.subject != rule.subject) return false;
  return rule.message_id.empty() || print.message_id == rule.message_id;
}

Result<unsigned> RuleBook::add(Rule rule, Instant now) {
  BS_TRY_VOID(validate(rule));
  const auto in_force =
      std::ranges::count_if(rules_, [now](const Rule& each) { return each.in_force(now); });
  if (static_cast<std::size_t>(in_force) >= limits::kRules)
    return fail(Errc::Limit, "rules",
                fmt::format("{} are in force already; remove some first", limits::kRules));
  rule.number = ++last_number_;
  rules_.push_back(std::move(rule));
  return last_number_;
}

bool RuleBook::end(unsigned number, Instant now) {
  const auto found = std::ranges::find(rules_, number, &Rule::number);
  if (found == rules_.end() || now >= found->ends) return false;
  found->ends = std::max(now, found->begun);
  return true;
}

void RuleBook::begin_behind(unsigned number) {
  last_number_ = std::max(last_number_, number);
}

void RuleBook::forget(Instant now) {
  std::erase_if(rules_,
                [now](const Rule& rule) { return rule.ends + limits::kRuleRemembered < now; });
  // What ended makes room before what is in force does: a book is never larger than its file.
  while (rules_.size() >= 2 * limits::kRules) {
    const auto oldest = std::ranges::min_element(rules_, {}, &Rule::ends);
    rules_.erase(oldest);
  }
}

const Rule* RuleBook::find(unsigned number) const {
  const auto found = std::ranges::find(rules_, number, &Rule::number);
  return found == rules_.end() ? nullptr : &*found;
}

const Rule* RuleBook::find_fitting(const mail::Address& recipient, const Fingerprint& print,
                                   reading::Kind kind, bool is_in_use, Instant now) const {
  const Rule* out = nullptr;
  for (const Rule& rule : rules_) {
    if (rule.action == RuleAction::Valve || !rule.in_force(now)) continue;
    if (is_in_use && (!rule.address.empty() || !rule.pattern.empty())) continue;
    if (out != nullptr && rule.action <= out->action) continue;
    if (fits(rule, recipient, print, kind)) out = &rule;
  }
  return out;
}

const Rule* RuleBook::find_valve(std::string_view domain, Instant now) const {
  const auto found = std::ranges::find_if(rules_, [&](const Rule& rule) {
    return rule.action == RuleAction::Valve && rule.in_force(now) && rule.domain == domain;
  });
  return found == rules_.end() ? nullptr : &*found;
}

std::string RuleBook::render() const {
  std::string out = fmt::format("last {}\n", last_number_);
  for (const Rule& rule : rules_)
    out += render_rule(rule);
  return out;
}

std::optional<RuleBook> RuleBook::parse(std::string_view text) {
  RuleBook out;
  const auto head = take_word_line(text);
  if (!head || head->size() != 2 || (*head)[0] != "last") return std::nullopt;
  if ((*head)[1] != "0") {
    const auto last = parse_number((*head)[1]);
    if (!last) return std::nullopt;
    out.last_number_ = *last;
  }
  unsigned before = 0;
  while (const auto line = take_word_line(text)) {
    auto rule = parse_rule(*line);
    if (!rule || rule->number <= before || rule->number > out.last_number_ ||
        out.rules_.size() >= 2 * limits::kRules)
      return std::nullopt;
    before = rule->number;
    out.rules_.push_back(*std::move(rule));
  }
  return out;
}

}  // namespace backstop::watch
