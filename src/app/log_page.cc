#include <fmt/format.h>

#include "app/log_report.h"
#include "app/text_page.h"

namespace backstop::app {
namespace {

constexpr std::size_t kShown = 10;

std::string_view sentence_of(watch::AttackKind kind) {
  switch (kind) {
    case watch::AttackKind::Backscatter:
      return "backscatter: answers to mail that somebody sent in our name";
    case watch::AttackKind::Dictionary:
      return "dictionary attack: somebody tries which addresses exist";
    case watch::AttackKind::Callout:
      return "call-outs: servers ask whether a forged sender exists";
    case watch::AttackKind::HelpDesk:
      return "acknowledgements of tickets that somebody opened in our name";
    case watch::AttackKind::OwnNewsletter:
      break;
  }
  return "answers to mail of our own";
}

void put_attack(TextPage& page, const LoggedAttack& attack) {
  page.title(std::string(sentence_of(attack.kind)), Tone::Bad);
  page.line("domain", attack.domain.empty() ? "not named by the lines" : attack.domain);
  page.line("when",
            fmt::format("{} to {}{}", render_instant(attack.first), render_instant(attack.last),
                        attack.stands ? ", not over at the end" : ""));
  page.line("how many", fmt::format("{} from about {}", count_of(attack.n, "recipient"),
                                    count_of(attack.clients, "client")));
  if (attack.factor > 0) page.line("rate", fmt::format("{:.1f} times the usual", attack.factor));
  if (attack.pattern != watch::AddressPattern::Unknown)
    page.line("addresses", watch::name_of(attack.pattern));
}

void put_ours(TextPage& page, const LogReport& report) {
  if (report.emitted && !report.emitted->empty()) {
    page.title(fmt::format("{} made by our own server for outside senders",
                           count_of(report.emitted_total, "bounce")),
               Tone::Warning);
    for (std::size_t i = 0; i < std::min(kShown, report.emitted->size()); ++i) {
      const Emitted& entry = (*report.emitted)[i];
      page.line(group_digits(entry.n),
                fmt::format("to {}, first of {}: {}", entry.to, entry.message, entry.cause));
    }
    if (report.emitted->size() > kShown)
      page.line("", fmt::format("and to {} more", group_digits(report.emitted->size() - kShown)));
  }
  if (!report.outscatter || report.outscatter->empty()) return;
  page.title("Who sends here as spam is sent", Tone::Warning);
  for (std::size_t i = 0; i < std::min(kShown, report.outscatter->size()); ++i) {
    const Outscatter& entry = (*report.outscatter)[i];
    page.line("account",
              fmt::format("{}: {}, {:.0f} % of {} do not exist", entry.who,
                          count_of(entry.distinct_senders, "envelope sender"),
                          entry.invalid_ratio * 100, count_of(entry.recipients, "recipient")));
  }
}

}  // namespace

std::string render_logs_page(const LogReport& report) {
  TextPage page = TextPage::for_stdout();
  page.title(report.attacks.empty() ? "No attack" : count_of(report.attacks.size(), "attack"),
             report.attacks.empty() ? Tone::Good : Tone::Bad);
  page.line("read", fmt::format("{}, {} of which tell of mail; {}", count_of(report.lines, "line"),
                                group_digits(report.parsed), size_of(report.bytes)));
  if (report.first)
    page.line("from",
              fmt::format("{} to {}", render_instant(*report.first), render_instant(*report.last)));
  page.line("seen",
            fmt::format("{}, {} of the null sender, {} of them explained by mail that left",
                        count_of(report.connections, "connection"),
                        count_of(report.null_sender, "recipient"), group_digits(report.explained)));
  if (!report.complete) page.line("", "stopped: these are the figures so far", Tone::Warning);
  if (report.parsed == 0 && report.lines > 0)
    page.line("", "no line is one of Postfix, Exim or Sendmail", Tone::Warning);
  for (const LoggedAttack& attack : report.attacks)
    put_attack(page, attack);
  put_ours(page, report);
  return page.take();
}

}  // namespace backstop::app
