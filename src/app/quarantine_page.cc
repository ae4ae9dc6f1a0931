#include "app/quarantine_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "app/text_page.h"
#include "core/base/escape.h"

namespace backstop::app {
namespace {

// "2 days ago", "3 h ago".
std::string ago(Instant then, Instant now) {
  const auto gone = std::max(Seconds{0}, now - then);
  if (gone >= Days{2}) return fmt::format("{} days ago", gone / Days{1});
  if (gone >= std::chrono::hours{1}) return fmt::format("{} h ago", gone / std::chrono::hours{1});
  return fmt::format("{} min ago", gone / std::chrono::minutes{1});
}

std::string first_reason(const Held& held) {
  return held.reasons.substr(0, held.reasons.find(','));
}

std::string show_recipients(const mta::HeldMessage& message) {
  std::string out;
  for (const std::string& recipient : message.recipients)
    out += (out.empty() ? "" : ", ") + recipient;
  if (message.recipient_count > message.recipients.size())
    out += fmt::format(" and {} more", message.recipient_count - message.recipients.size());
  return out;
}

std::string expiry(const Held& held, Instant now) {
  if (!held.is_ours) return "";
  if (held.expires <= now) return "expires with the next run of backstop quarantine expire";
  return "expires " + render_instant(held.expires).substr(0, 10);
}

void show_one(TextPage& page, const Held& held, Instant now) {
  const mta::HeldMessage& message = held.message;
  page.title(message.queue_id, held.is_ours ? Tone::Strong : Tone::Warning);
  page.line("held", fmt::format("{} ({}), {}", render_instant(message.arrived),
                                ago(message.arrived, now), size_of(message.bytes)));
  if (!held.is_ours) page.line("by", "not Backstop: somebody put it on hold", Tone::Warning);
  if (!held.verdict.empty()) {
    page.line("verdict", fmt::format("{}, {}{}{}", held.verdict, held.kind,
                                     held.reasons.empty() ? "" : ": ", first_reason(held)));
  }
  page.line("from", message.sender.empty() ? "<>" : message.sender);
  page.line("to", show_recipients(message));
  page.line("subject", held.subject);
  page.line("", expiry(held, now));
  if (held.would_be_delivered())
    page.line("", "the policy in force now would deliver it", Tone::Good);
}

}  // namespace

std::string count_verdicts(const std::vector<const Held*>& held) {
  std::map<std::string, std::size_t> counts;
  for (const Held* const one : held)
    ++counts[one->verdict.empty() ? "unknown" : one->verdict];
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out;
  for (const auto& [verdict, count] : sorted)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", verdict, group_digits(count));
  return out;
}

std::string render_held_page(const std::vector<const Held*>& held, std::string_view server,
                             std::size_t others, Instant now) {
  TextPage page = TextPage::for_stdout();
  if (held.empty()) {
    page.title(fmt::format("{} holds nothing for Backstop that fits.", server));
  } else {
    page.title(fmt::format("{} holds {}: {}", server, count_of(held.size(), "message"),
                           count_verdicts(held)));
  }
  for (const Held* const one : held)
    show_one(page, *one, now);
  if (others > 0) {
    page.title(
        fmt::format("{} more {} held, not for Backstop; --all shows {}", group_digits(others),
                    others == 1 ? "is" : "are", others == 1 ? "it" : "them"),
        Tone::Plain);
  }
  return page.take();
}

std::string render_held_json(const Held& held, std::string_view server) {
  const mta::HeldMessage& message = held.message;
  nlohmann::json reasons = nlohmann::json::array();
  for (std::string_view rest = held.reasons; !rest.empty();) {
    const std::size_t end = rest.find(',');
    reasons.push_back(rest.substr(0, end));
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  const nlohmann::json line = {
      {"v", 1},
      {"server", server},
      {"queue_id", message.queue_id},
      {"at", render_instant(message.arrived)},
      {"ours", held.is_ours},
      {"verdict", held.verdict},
      {"kind", held.kind},
      {"reasons", std::move(reasons)},
      {"from", message.sender},
      {"to", message.recipients},
      {"recipients", message.recipient_count},
      {"subject", held.subject},
      {"bytes", message.bytes},
      {"expires", held.is_ours ? nlohmann::json(render_instant(held.expires)) : nlohmann::json()},
      {"today", held.today ? nlohmann::json(policy::name_of(*held.today)) : nlohmann::json()},
      {"would_be_delivered", held.would_be_delivered()}};
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string render_held_notice(const HeldNotice& notice) {
  const std::size_t count = notice.held.size();
  std::string out = fmt::format(
      "From: Backstop <{}>\nTo: {}\nSubject: Backstop on {}: {} held\n"
      "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
      "Content-Type: text/plain; charset=utf-8\n\n",
      notice.from, notice.to, notice.host, count_of(count, "message"));
  if (count == 0) {
    out += fmt::format("{} holds nothing for Backstop now.\n", notice.server);
  } else {
    std::size_t today = 0;
    for (const Held* const one : notice.held)
      today += one->would_be_delivered() ? 1 : 0;
    out += fmt::format("{} holds {} for Backstop ({}), the oldest since {}.\n", notice.server,
                       count_of(count, "message"), count_verdicts(notice.held),
                       render_instant(notice.held.front()->message.arrived));
    if (today > 0) out += fmt::format("The policy in force now would deliver {} of them.\n", today);
  }
  if (notice.expired > 0) {
    out += fmt::format(
        "{} dropped since the last such letter, after {} in the queue; nobody was "
        "told.\n",
        notice.expired == 1 ? "1 message was" : group_digits(notice.expired) + " messages were",
        count_of(notice.days, "day"));
  }
  out += fmt::format(
      "\nbackstop quarantine list            what they are\n"
      "backstop quarantine show ID         one of them, and why it is held\n"
      "backstop quarantine release ID      have it delivered\n"
      "backstop quarantine drop ID         throw it away\n\n"
      "What nobody decides about is dropped after {}.\n",
      count_of(notice.days, "day"));
  return out;
}

}  // namespace backstop::app
