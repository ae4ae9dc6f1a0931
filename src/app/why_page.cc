#include <fmt/format.h>

#include <algorithm>

#include "app/text_page.h"
#include "app/why_answer.h"
#include "app/why_sentences.h"
#include "core/policy/reason.h"

namespace backstop::app {
namespace {

using logs::Delivery;
using logs::LoggedMessage;
using transaction::Direction;
using transaction::HistoryRow;

// Messages shown whole; more are listed, a line each.
constexpr std::size_t kShownWhole = 3;
// Lines of the log shown of one message.
constexpr std::size_t kShownDeliveries = 50;

Tone tone_of(const HistoryRow& row) {
  if (row.direction != Direction::Inbound) return Tone::Strong;
  if (row.verdict == "genuine" || row.verdict == "late") return Tone::Good;
  if (row.verdict == "forged" || row.verdict == "replayed") return Tone::Bad;
  return row.verdict == "unproven" ? Tone::Warning : Tone::Strong;
}

// An address that is kept as a hash cannot be shown.
std::string show_address(const std::string& shown) {
  if (shown.empty()) return "<>";
  return shown.starts_with('#') && shown.find('@') == shown.npos ? "an address outside" : shown;
}

std::string show_recipients(const HistoryRow& row) {
  std::string out;
  std::size_t foreign = 0;
  for (const std::string& recipient : row.recipients) {
    if (recipient.starts_with('#') && recipient.find('@') == recipient.npos) {
      ++foreign;
      continue;
    }
    out += (out.empty() ? "" : ", ") + recipient;
  }
  if (foreign > 0) {
    out += fmt::format("{}{} outside", out.empty() ? "" : ", ",
                       foreign == 1 ? "an address" : group_digits(foreign) + " addresses");
  }
  if (row.recipient_count > row.recipients.size()) {
    const auto more = row.recipient_count - row.recipients.size();
    out += fmt::format("{}{}", out.empty() ? "" : " and ",
                       out.empty() ? count_of(more, "recipient") : group_digits(more) + " more");
  }
  return out;
}

std::string what_became(const HistoryRow& row) {
  if (row.direction == Direction::Outgoing) {
    return row.is_signed ? "mail of ours, signed" : "mail of ours, not signed";
  }
  if (row.direction == Direction::Canary) {
    return row.verdict.empty()
               ? "a letter of our own canary, signed"
               : fmt::format("a trial by our own canary: {}, {}", row.verdict, row.decision);
  }
  if (row.direction == Direction::Own) return "mail of our own networks, not judged";
  return fmt::format("{}, {}", row.verdict, row.decision);
}

std::string with_article(const std::string& kind) {
  const bool vowel =
      !kind.empty() && std::string_view("aeiou").find(kind[0]) != std::string_view::npos;
  return (vowel ? "an " : "a ") + kind;
}

void show_reasons(TextPage& page, const HistoryRow& row) {
  std::string_view rest = row.reasons;
  while (!rest.empty()) {
    const std::size_t end = rest.find(',');
    const std::string_view name = rest.substr(0, end);
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    const auto reason = policy::parse_reason(name);
    if (!reason) {
      page.line("because", name);
      continue;
    }
    page.line("because", fmt::format("{}: {}", name, policy::sentence_of(*reason)));
    page.line("because", fmt::format("  to do: {}", policy::advice_of(*reason)));
  }
}

void show_facts(TextPage& page, const HistoryRow& row) {
  std::string_view rest = row.facts;
  bool several = rest.find('|') != rest.npos;
  for (int i = 1; !rest.empty(); ++i) {
    const std::size_t end = rest.find('|');
    const auto facts = policy::parse_facts(rest.substr(0, end));
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    if (!facts) {
      page.line("was known", "The facts of this row are of another version and cannot be read.");
      return;
    }
    if (several) page.line("was known", fmt::format("For some of its recipients ({}):", i));
    for (const std::string& sentence : say_facts(*facts))
      page.line("was known", sentence);
  }
}

void show_recomputed(TextPage& page, const HistoryRow& row) {
  const auto today = transaction::recompute(row);
  if (!today) return;
  const bool same = policy::name_of(today->verdict) == row.verdict &&
                    policy::name_of(today->decision) == row.decision;
  if (same) {
    page.line("today", "The table in force decides the same.");
    return;
  }
  page.line("today",
            fmt::format("The table in force decides otherwise: {}, {}.",
                        policy::name_of(today->verdict), policy::name_of(today->decision)),
            Tone::Warning);
}

std::string show_delivery(const Delivery& delivery) {
  std::string out = fmt::format("{} {}", render_instant(delivery.at),
                                delivery.recipient.empty() ? "" : delivery.recipient + ": ");
  out += delivery.status;
  if (!delivery.dsn.empty()) out += " " + delivery.dsn;
  if (!delivery.relay.empty() && delivery.relay != "none") out += " by " + delivery.relay;
  if (!delivery.text.empty()) out += ": " + delivery.text;
  return out;
}

Tone tone_of(const Delivery& delivery) {
  if (delivery.status == logs::kSent) return Tone::Good;
  return delivery.status == logs::kDeferred ? Tone::Warning : Tone::Bad;
}

void show_deliveries(TextPage& page, const std::vector<Delivery>& deliveries, bool cut) {
  const std::size_t from =
      deliveries.size() > kShownDeliveries ? deliveries.size() - kShownDeliveries : 0;
  if (from > 0 || cut) page.line("log", "earlier lines are left out");
  for (std::size_t i = from; i < deliveries.size(); ++i)
    page.line("log", show_delivery(deliveries[i]), tone_of(deliveries[i]));
}

// `known` by the history: then who it is from stands above already.
void show_logged(TextPage& page, const LoggedMessage& message, bool known) {
  if (!known) {
    if (message.accepted) page.line("taken", render_instant(*message.accepted));
    if (message.sender) page.line("from", message.sender->empty() ? "<>" : *message.sender);
    if (!message.message_id.empty()) page.line("Message-ID", "<" + message.message_id + ">");
  }
  if (!known) page.line("client", message.client);
  page.line("login", message.login);
  show_deliveries(page, message.deliveries, message.cut);
  show_deliveries(page, message.refusals, false);
  for (const std::string& notice : message.notices)
    page.line("log", "a bounce or delay notice was made of it, with queue id " + notice);
  if (message.done) page.line("log", render_instant(*message.done) + " out of the queue");
}

void show_answer_lines(TextPage& page, const HistoryRow& row,
                       const std::vector<HistoryRow>& answers) {
  if (row.message_id == 0) return;
  for (const HistoryRow& answer : answers) {
    if (answer.original_id != row.message_id) continue;
    page.line("answered",
              fmt::format("{} {} {} to {}: {}", render_instant(answer.at), answer.queue_id,
                          answer.kind, show_recipients(answer), what_became(answer)));
  }
}

void show_judged(TextPage& page, const HistoryRow& row) {
  page.line("what it was", fmt::format("{} from {} to {}", with_article(row.kind),
                                       show_address(row.sender), show_recipients(row)));
  page.line("client", row.client);
  show_facts(page, row);
  page.line("verdict", row.verdict, tone_of(row));
  page.line("done", say_decision(row.decision));
  if (row.enforced != row.decision) page.line("in enforce", say_decision(row.enforced));
  show_reasons(page, row);
  show_recomputed(page, row);
}

std::string say_recorded(const HistoryRow& row, const WhyAnswer& answer) {
  if (!answer.recorded) return "";
  if (answer.recorded->contains(row.queue_id)) return "yes, in the ledger";
  return "no: the ledger does not know it, or no longer";
}

void show_row(TextPage& page, const HistoryRow& row, const WhyAnswer& answer) {
  page.title(fmt::format("{} {}: {}", row.queue_id, render_instant(row.at), what_became(row)),
             tone_of(row));
  if (!row.verdict.empty()) {
    show_judged(page, row);
  } else {
    page.line("from", show_address(row.sender));
    page.line("to", show_recipients(row));
    page.line("client", row.client);
    if (row.direction == Direction::Outgoing) {
      page.line("signed", row.is_signed ? "yes, with a token"
                                        : "no: a bounce of it can be known by the ledger only");
      page.line("recorded", say_recorded(row, answer));
    }
  }
  for (const LoggedMessage& message : answer.logged) {
    if (message.queue_id == row.queue_id) show_logged(page, message, true);
  }
  show_answer_lines(page, row, answer.answers);
}

void show_list(TextPage& page, const WhyAnswer& answer) {
  page.title(
      fmt::format("{}: {}", answer.asked,
                  count_of(answer.rows.size(), "message") + (answer.rows_cut ? " or more" : "")));
  for (const HistoryRow& row : answer.rows) {
    const std::string what = row.direction == Direction::Inbound ? row.kind + " " : "";
    page.row(
        fmt::format("{} {:<15} {}{}", render_instant(row.at), row.queue_id, what, what_became(row)),
        tone_of(row));
  }
  page.line("one of them", "backstop why QUEUE-ID");
}

void show_where(TextPage& page, const WhyAnswer& answer) {
  page.title("Looked in", Tone::Plain);
  if (answer.has_history) {
    page.line("history", answer.history_from ? "back to " + render_instant(*answer.history_from)
                                             : "which is empty");
  }
  for (const logs::LookedAt& file : answer.files) {
    std::string text = file.path;
    if (file.oldest) text += ", back to " + render_instant(*file.oldest);
    if (!file.trouble.empty()) text += ": " + file.trouble;
    page.line("log", text);
  }
  if (answer.logs_cut) page.line("log", "There was too much to read or show all of it.");
  for (const std::string& note : answer.notes)
    page.line("note", note, Tone::Warning);
}

}  // namespace

std::string render_why_page(const WhyAnswer& answer) {
  TextPage page = TextPage::for_stdout();
  if (!answer.found()) page.title(answer.asked + ": nothing is known of it", Tone::Warning);
  if (answer.rows.size() > kShownWhole) {
    show_list(page, answer);
  } else {
    for (const HistoryRow& row : answer.rows)
      show_row(page, row, answer);
  }
  for (const LoggedMessage& message : answer.logged) {
    const bool shown = std::any_of(answer.rows.begin(), answer.rows.end(), [&](const auto& row) {
      return row.queue_id == message.queue_id;
    });
    if (shown) continue;
    page.title(fmt::format("{}: in the log only; it was neither judged nor signed here",
                           message.queue_id));
    show_logged(page, message, false);
  }
  show_where(page, answer);
  return page.take();
}

}  // namespace backstop::app
