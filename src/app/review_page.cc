#include "app/review_page.h"
#include "app/json_instant.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/policy/reason.h"

namespace backstop::app {
namespace {

using review::Answer;
using review::Hint;
using store::ReviewGroup;
using store::ReviewSample;

// The name as lists show it; it is found by its beginning.
constexpr std::size_t kNameShown = 8;

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words)
    out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string first_reason(const ReviewGroup& group) {
  return group.reasons.substr(0, group.reasons.find(','));
}

std::string say_about(const ReviewGroup& group) {
  const watch::Fingerprint& of = group.fingerprint;
  if (!of.subject.empty()) return "\"" + of.subject + "\"";
  return of.message_id.empty() ? of.answer : "from " + of.message_id;
}

Tone tone_of(const ReviewGroup& group) {
  if (!group.is_open()) return Tone::Plain;
  return group.hints == 0 ? Tone::Strong : Tone::Warning;
}

}  // namespace

void show_group(TextPage& page, const ReviewGroup& group) {
  page.title(fmt::format("{}  {}  {}", group.name.substr(0, kNameShown),
                         count_of(group.count, "message"), review::name_of(group.answer)),
             tone_of(group));
  page.line("when", group.first == group.last ? render_instant(group.last)
                                              : fmt::format("{} to {}", render_instant(group.first),
                                                            render_instant(group.last)));
  page.line("to",
            fmt::format("{} (made as {})", join(group.recipients), group.fingerprint.address));
  page.line("what", fmt::format("{}, {}", group.kind, group.verdict));
  page.line("original", group.fingerprint.subject.empty()
                            ? std::string()
                            : fmt::format("\"{}\"", group.fingerprint.subject));
  page.line("sent by", group.fingerprint.message_id.empty()
                           ? std::string()
                           : "Message-ID of " + group.fingerprint.message_id);
  page.line("came from", group.source);
  const auto reason = policy::parse_reason(first_reason(group));
  page.line("because",
            reason ? fmt::format("{}: {}", first_reason(group), policy::sentence_of(*reason))
                   : group.reasons);
  if (group.refused > 0)
    page.line("in enforce",
              fmt::format("{} would be held or refused", group_digits(group.refused)));
  for (unsigned i = 0; i < review::kHintCount; ++i) {
    const auto hint = static_cast<Hint>(i);
    if (review::has(group.hints, hint))
      page.line("hint", fmt::format("{}: {}", review::name_of(hint), review::sentence_of(hint)),
                Tone::Warning);
  }
  for (const std::string& path : group.paths)
    page.line("way out", path + ", were it yours");
  if (group.is_reopened)
    page.line("open again",
              "it was answered \"not-ours\", and now a hint speaks for it that was "
              "not known then",
              Tone::Warning);
  else if (group.answered_at)
    page.line("answered", fmt::format("{}, {}", review::name_of(group.answer),
                                      render_instant(*group.answered_at)));
}

void show_samples(TextPage& page, const std::vector<ReviewSample>& samples) {
  for (const ReviewSample& sample : samples) {
    page.title(fmt::format("{}  {}  to {}  {}", render_instant(sample.at), sample.queue_id,
                           join(sample.recipients), sample.decision),
               Tone::Plain);
    std::string_view rest = sample.text;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      page.row(rest.substr(0, end));
      rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  if (samples.empty()) page.row("No sample of it is kept.");
}

void show_list(TextPage& page, const std::vector<ReviewGroup>& groups) {
  std::size_t open = 0;
  std::size_t hinted = 0;
  for (const ReviewGroup& group : groups) {
    if (!group.is_open()) continue;
    ++open;
    if (group.hints != 0) ++hinted;
  }
  if (groups.empty()) {
    page.title("Nothing to review: nothing would be refused, and nothing is unproven", Tone::Good);
    return;
  }
  page.title(fmt::format("{}, {} open, {} of these with a hint that it is ours",
                         count_of(groups.size(), "group"), open, hinted),
             hinted > 0 ? Tone::Warning : Tone::Strong);
  for (const ReviewGroup& group : groups) {
    page.row(fmt::format("{}  {:>7}  {:<8}  {:<4}  {}  {}  {}", group.name.substr(0, kNameShown),
                         group_digits(group.count), review::name_of(group.answer),
                         group.hints == 0 ? "" : "hint", render_instant(group.last).substr(0, 10),
                         group.fingerprint.address, say_about(group)),
             tone_of(group));
  }
}

std::string render_group_json(const ReviewGroup& group, const std::vector<ReviewSample>* samples,
                              const std::vector<std::string>* lessons) {
  nlohmann::json hints = nlohmann::json::array();
  for (unsigned i = 0; i < review::kHintCount; ++i)
    if (review::has(group.hints, static_cast<Hint>(i)))
      hints.push_back(review::name_of(static_cast<Hint>(i)));
  nlohmann::json out = {{"v", 1},
                        {"group", group.name},
                        {"first", render_instant(group.first)},
                        {"last", render_instant(group.last)},
                        {"messages", group.count},
                        {"would_refuse", group.refused},
                        {"address_pattern", group.fingerprint.address},
                        {"subject", group.fingerprint.subject},
                        {"message_id_host", group.fingerprint.message_id},
                        {"answer_form", group.fingerprint.answer},
                        {"recipients", group.recipients},
                        {"domains", group.domains},
                        {"kind", group.kind},
                        {"verdict", group.verdict},
                        {"reasons", group.reasons},
                        {"source", group.source},
                        {"paths", group.paths},
                        {"hints", hints},
                        {"answer", review::name_of(group.answer)},
                        {"answered_at", json_of(group.answered_at)}};
  if (samples != nullptr) {
    nlohmann::json list = nlohmann::json::array();
    for (const ReviewSample& sample : *samples) {
      list.push_back({{"at", render_instant(sample.at)},
                      {"queue_id", sample.queue_id},
                      {"recipients", sample.recipients},
                      {"decision", sample.decision},
                      {"text", sample.text}});
    }
    out["samples"] = list;
  }
  if (lessons != nullptr) out["learnt"] = *lessons;
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace backstop::app
