#include "app/replay_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/text_page.h"
#include "core/base/escape.h"

namespace backstop::app {
namespace {

using policy::Decision;
using replay::Unknown;

// Domains shown on a page; the rest is counted.
constexpr std::size_t kShownDomains = 40;

std::string_view name_at(std::size_t decision) {
  return policy::name_of(static_cast<Decision>(decision));
}

std::string show_recipients(const Difference& difference) {
  std::string out;
  std::size_t shown = 0;
  for (const std::string& recipient : difference.recipients) {
    if (recipient.starts_with('#') && recipient.find('@') == recipient.npos) continue;
    if (shown++ == 2) break;
    out += (out.empty() ? "" : ",") + recipient;
  }
  const std::size_t more =
      difference.recipient_count - std::min<std::size_t>(shown, difference.recipient_count);
  if (more > 0) out += fmt::format("{}{} more", out.empty() ? "" : " and ", more);
  return out;
}

std::string arrow(const std::string& then, const std::string& now) {
  return then == now ? now : then + " -> " + now;
}

std::string first_of(const std::string& reasons) {
  return reasons.substr(0, reasons.find(','));
}

std::string say_difference(const Difference& difference) {
  const auto& [then, now] = std::tie(difference.then, difference.now);
  std::string out =
      fmt::format("{}  {}  {}  {} {}, {}", render_instant(difference.at), difference.queue_id,
                  show_recipients(difference), difference.kind, arrow(then.verdict, now.verdict),
                  arrow(then.decision, now.decision));
  if (then.decision == now.decision && then.enforced != now.enforced)
    out += fmt::format(", in enforce {}", arrow(then.enforced, now.enforced));
  // The first reason tells; the rest only where nothing else differs.
  const bool same =
      then.verdict == now.verdict && then.decision == now.decision && then.enforced == now.enforced;
  return out + fmt::format(" ({})", same ? arrow(then.reasons, now.reasons)
                                         : arrow(first_of(then.reasons), first_of(now.reasons)));
}

void show_domains(TextPage& page, const ReplayResult& result) {
  if (result.domains.empty()) return;
  page.title("Decisions, then -> now", Tone::Plain);
  std::size_t shown = 0;
  for (const auto& [name, domain] : result.domains) {
    if (shown++ == kShownDomains) {
      page.row(fmt::format("and {} domains more; --json has them all",
                           group_digits(result.domains.size() - kShownDomains)));
      return;
    }
    std::string text;
    for (std::size_t i = kDecisions; i-- > 0;) {
      if (domain.then.at(i) == 0 && domain.now.at(i) == 0) continue;
      text += fmt::format("{}{} {}", text.empty() ? "" : " · ", name_at(i),
                          arrow(group_digits(domain.then.at(i)), group_digits(domain.now.at(i))));
    }
    page.row(fmt::format("{}: {}, {}", name, count_of(domain.messages, "message"), text),
             domain.differ > 0 ? Tone::Strong : Tone::Plain);
  }
}

void show_unknown(TextPage& page, const ReplayResult& result) {
  for (unsigned i = 0; i < replay::kUnknownCount; ++i) {
    if (result.unknown.at(i) == 0) continue;
    page.line("not known",
              fmt::format("{} {}", count_of(result.unknown.at(i), "message"),
                          replay::sentence_of(static_cast<Unknown>(i))),
              Tone::Warning);
  }
  for (const std::string_view key : result.not_replayed) {
    page.line("not known",
              fmt::format("{} differs, but what follows from it is not in the history; it was "
                          "replayed as it was",
                          key),
              Tone::Warning);
  }
}

nlohmann::json json_of(const Difference::Side& side) {
  return {{"verdict", side.verdict},
          {"decision", side.decision},
          {"enforced", side.enforced},
          {"reasons", side.reasons}};
}

nlohmann::json json_of(const std::array<std::uint64_t, kDecisions>& counts) {
  nlohmann::json out = nlohmann::json::object();
  for (std::size_t i = 0; i < kDecisions; ++i)
    out[std::string(name_at(i))] = counts.at(i);
  return out;
}

std::string dump(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string render_replay_page(const ReplayResult& result, std::string_view change) {
  TextPage page = TextPage::for_stdout();
  page.title(change.empty() ? std::string("Replay under the table in force")
                            : fmt::format("Replay under {}", change));
  page.line("period",
            fmt::format("{} to {}", render_instant(result.from), render_instant(result.to)));
  const std::string judged = count_of(result.messages, "message");
  if (result.messages == 0) {
    page.line("messages", "nothing was judged in that time", Tone::Warning);
  } else if (result.differ == 0) {
    page.line("messages",
              fmt::format("{}: {} as then", judged,
                          change.empty() ? "every verdict, decision and reason is"
                                         : "every verdict and decision is"),
              Tone::Good);
  } else {
    page.line("messages",
              fmt::format("{}, {} of them otherwise", judged, group_digits(result.differ)));
  }
  show_unknown(page, result);
  show_domains(page, result);
  if (result.harmful > 0) {
    page.title(fmt::format("GENUINE MAIL WOULD BE LOST: {} that proved to answer mail of ours",
                           count_of(result.harmful, "message")),
               Tone::Bad);
    for (const Difference& difference : result.harm)
      page.row(say_difference(difference), Tone::Bad);
    if (result.harmful > result.harm.size()) page.row("and more, among those below", Tone::Bad);
  }
  if (result.differ > result.harm.size()) page.title("Otherwise than then", Tone::Plain);
  return page.take();
}

std::string render_difference(const Difference& difference) {
  return "  " + escape_terminal(say_difference(difference)) + "\n";
}

std::string render_replay_json(const ReplayResult& result, std::string_view change) {
  nlohmann::json domains = nlohmann::json::array();
  for (const auto& [name, domain] : result.domains) {
    domains.push_back({{"domain", name},
                       {"messages", domain.messages},
                       {"differ", domain.differ},
                       {"harmful", domain.harmful},
                       {"then", json_of(domain.then)},
                       {"now", json_of(domain.now)}});
  }
  nlohmann::json unknown = nlohmann::json::object();
  for (unsigned i = 0; i < replay::kUnknownCount; ++i)
    unknown[std::string(replay::name_of(static_cast<Unknown>(i)))] = result.unknown.at(i);
  return dump({{"v", 1},
               {"type", "summary"},
               {"policy", change.empty() ? nlohmann::json() : nlohmann::json(change)},
               {"from", render_instant(result.from)},
               {"to", render_instant(result.to)},
               {"messages", result.messages},
               {"differ", result.differ},
               {"harmful", result.harmful},
               {"unknown", unknown},
               {"not_replayed", result.not_replayed},
               {"domains", domains}});
}

std::string render_difference_json(const Difference& difference) {
  return dump({{"v", 1},
               {"type", "message"},
               {"harmful", difference.is_harmful},
               {"at", render_instant(difference.at)},
               {"queue_id", difference.queue_id},
               {"recipients", difference.recipients},
               {"recipient_count", difference.recipient_count},
               {"kind", difference.kind},
               {"then", json_of(difference.then)},
               {"now", json_of(difference.now)}});
}

}  // namespace backstop::app
