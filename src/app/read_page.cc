#include <fmt/format.h>

#include "app/read_result.h"
#include "core/base/escape.h"
#include "core/reading/sign_sentences.h"

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

void show_recipient_details(Page& page, const reading::RecipientReport& recipient) {
  if (recipient.reason != reading::FailureReason::Unknown) {
    page.line("  because of", reading::name_of(recipient.reason));
  }
  page.line("  said", recipient.remote_mta);
  if (recipient.original != recipient.address) page.line("  written to", recipient.original);
  page.line("  last tried", recipient.last_attempt ? render_instant(*recipient.last_attempt) : "");
  page.line("  tries until",
            recipient.will_retry_until ? render_instant(*recipient.will_retry_until) : "");
}

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
    show_recipient_details(page, recipient);
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

std::string_view place_of_words(reading::Where where) {
  switch (where) {
    case reading::Where::Subject:
      return "the subject";
    case reading::Where::From:
      return "the sender's name";
    case reading::Where::Text:
      return "the text";
    case reading::Where::Diagnostic:
      return "a server's answer";
  }
  return "";
}

// What the header and the words brought; the evidence says what of it decided.
void show_explanation(Page& page, const Explanation& explanation) {
  page.line("read", explanation.body_read ? "its header and its body"
                                          : "its header alone, which says all there is to say");
  for (const reading::HeaderSign sign : reading::list_signs(explanation.signs)) {
    page.line("sign", fmt::format("{} ({})", reading::sentence_of(sign), reading::name_of(sign)));
  }
  for (const reading::PhraseHit& hit : explanation.words.all()) {
    const reading::Phrase& phrase = *hit.phrase;
    std::string who = "people write so too";
    if (phrase.fixed)
      who = phrase.product.empty() ? "programs write so"
                                   : fmt::format("{} writes so", phrase.product);
    page.line("words",
              fmt::format("\"{}\" in {}: {}, {} ({})", phrase.literal, place_of_words(phrase.where),
                          reading::name_of(phrase.kind), who, phrase.id));
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
  if (result.explanation) show_explanation(page, *result.explanation);
  if (reading.language != "und") page.line("language", reading.language);
  page.line("product", reading.product);
  page.line("reporter", reading.reporting_mta);
  page.line("arrived", reading.arrival_date ? render_instant(*reading.arrival_date) : "");
  if (reading.source_knew) {
    page.line("knew", fmt::format("who sent it back called it spam or a virus: {}",
                                  reading.source_knew_words));
  }
  show_recipients(page, reading);
  show_returned(page, reading.returned);
  for (const std::string& id : reading.references)
    page.line("answers", id);
  page.line("token", proof::name_of(result.token.result));
  if (!result.dkim.key.domain.empty()) {
    page.line("signature", fmt::format("{}, {} of {}", proof::name_of(result.dkim.result),
                                       result.dkim.key.selector, result.dkim.key.domain));
  }
  if (result.tag != proof::ProofResult::Absent) page.line("tag", proof::name_of(result.tag));
  for (const std::string_view defect : reading.defects.names())
    page.line("defect", defect);
  return page.take();
}

}  // namespace backstop::app
