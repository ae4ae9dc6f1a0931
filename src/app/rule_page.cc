#include "app/rule_page.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/json_instant.h"
#include "app/text_page.h"
#include "app/when.h"
#include "core/base/escape.h"
#include "core/reading/reading.h"

namespace backstop::app {
namespace {

using transaction::RuleDeed;
using watch::Rule;
using watch::RuleAction;

// What it fits, in one phrase.
std::string say_fits(const Rule& rule) {
  if (rule.action == RuleAction::Valve) return "every answer to " + rule.domain;
  std::string out = rule.kind ? std::string(reading::name_of(*rule.kind)) : "an answer";
  out += " to " + (rule.address.empty() ? "any address of " + rule.domain : rule.address);
  if (!rule.pattern.empty()) out += " made like " + rule.pattern;
  if (!rule.subject.empty()) out += fmt::format(" that returns \"{}\"", rule.subject);
  if (!rule.message_id.empty())
    out += fmt::format("{} a Message-ID of {}", rule.subject.empty() ? " that returns" : " with",
                       rule.message_id);
  return out;
}

std::string say_does(const Rule& rule) {
  switch (rule.action) {
    case RuleAction::Quarantine:
      return "what nothing proves is held; see backstop quarantine";
    case RuleAction::Refuse:
      return "what nothing proves is refused at the end of the message; what a proof could not be "
             "asked of is held";
    case RuleAction::Valve:
      break;
  }
  return "refused at RCPT, but for recipients with a tag of ours; a few are taken to their end, "
         "where a proof is seen, and kept as samples";
}

std::string say_price(const Rule& rule) {
  if (rule.action == RuleAction::Valve)
    return "genuine bounces whose proof is not in the recipient are lost meanwhile; whoever sent "
           "them sees the refusal";
  return "an answer of a person or server that fits, and shows no proof, is "
         "treated as the run's";
}

void print_preview(TextPage& page, const Rule& rule, const RulePreview& preview) {
  page.line("preview",
            fmt::format("in the last 7 days {} fit it", count_of(preview.fit, "message")));
  page.line("", fmt::format("{} more would have been refused, {} more held; {} were refused or "
                            "held as it is",
                            group_digits(preview.refused), group_digits(preview.held),
                            group_digits(preview.as_before)));
  if (preview.proved > 0)
    page.line("",
              rule.action == RuleAction::Valve
                  ? fmt::format("{} were proved answers to your own mail: at RCPT a valve "
                                "cannot see that, unless the recipient has our tag",
                                group_digits(preview.proved))
                  : fmt::format("{} were proved answers to your own mail: they stay as they are",
                                group_digits(preview.proved)),
              rule.action == RuleAction::Valve ? Tone::Bad : Tone::Plain);
  if (preview.hinted > 0)
    page.line("",
              fmt::format("{} of them had a hint that they answer your mail: look at "
                          "backstop review first",
                          group_digits(preview.hinted)),
              Tone::Bad);
  if (preview.not_told > 0)
    page.line(
        "", fmt::format("of {} the history does not tell enough", group_digits(preview.not_told)));
  for (const auto& [recipient, count] : preview.recipients)
    page.line("to", fmt::format("{:>9}  {}", group_digits(count), recipient));
}

void print_rule(TextPage& page, const Rule& rule) {
  page.line("fits", say_fits(rule));
  page.line("does", say_does(rule));
  page.line("reason", rule.reason);
  page.line("from", fmt::format("{} to {}", render_instant(rule.begun), render_instant(rule.ends)));
  if (!rule.run.empty()) page.line("run", rule.run);
}

nlohmann::json json_of_text(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

}  // namespace

std::string render_rule_card(const Rule& rule, const RulePreview* preview, bool observes) {
  TextPage page = TextPage::for_stdout();
  page.title(rule.action == RuleAction::Valve ? "Close " + rule.domain + " to answers"
                                              : "A rule for " + rule.domain);
  print_rule(page, rule);
  page.line("price", say_price(rule), Tone::Warning);
  page.line("spared",
            "mail with a proof of ours, role addresses (postmaster@, abuse@), and all "
            "mail that answers nothing");
  if (observes)
    page.line("mode",
              rule.domain + " observes: nothing is refused or held, what would be is counted",
              Tone::Warning);
  if (preview == nullptr) {
    page.line("preview", "nothing is remembered that it could be tried on");
  } else {
    print_preview(page, rule, *preview);
  }
  return page.take();
}

std::string render_rule_head() {
  return fmt::format("{:<6} {:<10} {:<20} {:>8} {:>8} {:>8} {:>8}  {}\n", "rule", "action", "ends",
                     "refused", "unkept", "held", "would", "fits");
}

std::string render_rule_row(const Rule& rule, const RuleCounts& counts, Instant now) {
  return fmt::format(
      "{:<6} {:<10} {:<20} {:>8} {:>8} {:>8} {:>8}  {}\n", rule.name(), watch::name_of(rule.action),
      rule.in_force(now) ? render_instant(rule.ends) : "over",
      group_digits(counts.of(RuleDeed::Refused) + counts.of(RuleDeed::RefusedUnkept)),
      group_digits(counts.of(RuleDeed::RefusedUnkept)), group_digits(counts.of(RuleDeed::Held)),
      group_digits(counts.of(RuleDeed::Would)), escape_terminal(say_fits(rule)));
}

std::string render_rule(const Rule& rule, const RuleCounts& counts, Instant now) {
  TextPage page = TextPage::for_stdout();
  page.title(fmt::format("{}: {}{}", rule.name(), watch::name_of(rule.action),
                         rule.in_force(now) ? "" : ", over"));
  print_rule(page, rule);
  if (!rule.author.empty()) page.line("by", rule.author);
  page.line("did",
            fmt::format(
                "refused {} ({} of them without a copy), held {}; in observe it "
                "would have touched {}",
                group_digits(counts.of(RuleDeed::Refused) + counts.of(RuleDeed::RefusedUnkept)),
                group_digits(counts.of(RuleDeed::RefusedUnkept)),
                group_digits(counts.of(RuleDeed::Held)), group_digits(counts.of(RuleDeed::Would))));
  if (counts.first && counts.last)
    page.line("", fmt::format("first {}, last {}", render_instant(*counts.first),
                              render_instant(*counts.last)));
  return page.take();
}

std::string json_of_rule(const Rule& rule, const RuleCounts& counts, const RulePreview* preview,
                         Instant now) {
  nlohmann::json out = {
      {"v", 1},
      {"rule", rule.name()},
      {"action", watch::name_of(rule.action)},
      {"domain", rule.domain},
      {"address", json_of_text(rule.address)},
      {"pattern", json_of_text(rule.pattern)},
      {"subject", json_of_text(rule.subject)},
      {"message_id", json_of_text(rule.message_id)},
      {"kind", rule.kind ? nlohmann::json(reading::name_of(*rule.kind)) : nlohmann::json()},
      {"run", json_of_text(rule.run)},
      {"reason", rule.reason},
      {"author", json_of_text(rule.author)},
      {"begun", render_instant(rule.begun)},
      {"ends", render_instant(rule.ends)},
      {"in_force", rule.in_force(now)},
      {"held", counts.of(RuleDeed::Held)},
      {"refused", counts.of(RuleDeed::Refused) + counts.of(RuleDeed::RefusedUnkept)},
      {"unkept", counts.of(RuleDeed::RefusedUnkept)},
      {"would", counts.of(RuleDeed::Would)},
      {"first", json_of(counts.first)},
      {"last", json_of(counts.last)}};
  if (preview != nullptr) {
    out["preview"] = {{"days", kPreviewed.count()},      {"fit", preview->fit},
                      {"refused", preview->refused},     {"held", preview->held},
                      {"as_before", preview->as_before}, {"proved", preview->proved},
                      {"hinted", preview->hinted},       {"not_told", preview->not_told}};
  }
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace backstop::app
