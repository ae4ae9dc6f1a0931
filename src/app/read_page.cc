#include <fmt/format.h>

#include "app/read_result.h"
#include "core/base/escape.h"

namespace backstop::app {
namespace {

// Recipients shown one by one; the rest is only counted.
constexpr std::size_t kShownRecipients = 20;

std::string_view colour_of(policy::Verdict verdict) {
  switch (verdict) {
    case policy::Verdict::Genuine:
    case policy::Verdict::Late:
      return "\x1b[1;32m";
    case policy::Verdict::Forged:
    case policy::Verdict::Replayed:
      return "\x1b[1;31m";
    case policy::Verdict::Unproven:
      return "\x1b[1;33m";
    case policy::Verdict::NotBackscatter:
      return "\x1b[1m";
  }
  return "";
}

class Page {
 public:
  explicit Page(Colour colour) : colour_(colour) {}

  void head(std::string_view source, policy::Verdict verdict) {
    const bool colour = colour_ == Colour::Terminal;
    text_ += fmt::format("{}: {}{}{}\n", escape_terminal(source), colour ? colour_of(verdict) : "",
                         policy::name_of(verdict), colour ? "\x1b[0m" : "");
  }
  // Nothing for an empty value.
  void line(std::string_view label, std::string_view value) {
    if (value.empty()) return;
    text_ += fmt::format("  {:<12} {}\n", label == last_ ? "" : label, escape_terminal(value));
    last_ = label;
  }
  std::string take() { return std::move(text_); }

 private:
  Colour colour_;
  std::string text_;
  std::string last_;
};

void show_recipients(Page& page, const reading::Reading& reading) {
  std::size_t shown = 0;
  for (const reading::RecipientReport& recipient : reading.recipients) {
    if (shown++ == kShownRecipients) {
      page.line("recipient",
                fmt::format("and {} more", reading.recipients.size() - kShownRecipients));
      return;
    }
    std::string text = recipient.address;
    for (const std::string* part : {&recipient.action, &recipient.status, &recipient.diagnostic}) {
      if (!part->empty()) text += (part == &recipient.diagnostic ? ": " : " ") + *part;
    }
    page.line("recipient", text);
  }
}

void show_returned(Page& page, const reading::Returned& returned) {
  page.line("returned", fmt::format("{}{}", reading::name_of(returned.form),
                                    returned.returned_enough() ? ", enough to carry a proof" : ""));
  if (returned.form == reading::ReturnForm::None) return;
  page.line("  from", returned.from ? returned.from->text() : "");
  for (const mail::Address& to : returned.to)
    page.line("  to", to.text());
  page.line("  subject", returned.subject);
  page.line("  date", returned.date ? render_instant(*returned.date) : "");
  page.line("  message-id", returned.message_id);
  page.line("  first hop", returned.received_first_ip ? returned.received_first_ip->text() : "");
  for (const reading::DkimReference& dkim : returned.dkim) {
    page.line("  dkim", fmt::format("{} of {}", dkim.selector, dkim.domain));
  }
}

}  // namespace

std::string render_read_page(const ReadResult& result, Colour colour) {
  const reading::Reading& reading = result.reading;
  Page page(colour);
  page.head(result.place.source, result.judgement.verdict);
  for (const policy::Reason reason : result.judgement.reasons) {
    page.line("because",
              fmt::format("{} ({})", policy::sentence_of(reason), policy::name_of(reason)));
  }
  page.line("kind", fmt::format("{}, {:.0f} % sure{}", reading::name_of(reading.kind),
                                reading.confidence * 100,
                                reading.standard ? ", in its standard form" : ""));
  for (const std::string& sentence : reading.evidence)
    page.line("evidence", sentence);
  page.line("reporter", reading.reporting_mta);
  show_recipients(page, reading);
  show_returned(page, reading.returned);
  for (const std::string& id : reading.references)
    page.line("answers", id);
  page.line("token", proof::name_of(result.token.result));
  for (const std::string_view defect : reading.defects.names())
    page.line("defect", defect);
  return page.take();
}

}  // namespace backstop::app
