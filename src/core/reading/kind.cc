#include "core/reading/kind.h"

#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/mail/header_text.h"

namespace backstop::reading {
namespace {

// People write as postmaster@, and forward what they ask about: only a header that says so makes
// such mail automatic.
bool is_written_by_postmaster(const Findings& f) {
  return f.envelope_is_postmaster && !f.signs.looks_automatic() &&
         f.from != SenderRole::DeliveryAgent;
}

bool has_daemon_envelope(const Findings& f) {
  if (is_written_by_postmaster(f)) return false;
  return f.envelope_is_daemon.value_or(false) || f.signs.has(HeaderSign::NullReturnPath);
}

// Somebody's mail system speaks, by envelope, by its name, or by a field only bounces have.  A
// postmaster on a list is a person.
bool has_daemon_sender(const Findings& f) {
  if (has_daemon_envelope(f) || f.signs.has(HeaderSign::FailedRecipients)) return true;
  if (f.from == SenderRole::DeliveryAgent) return true;
  return f.from == SenderRole::Postmaster && !f.signs.has(HeaderSign::List) &&
         !is_written_by_postmaster(f);
}

// Enough of a sender to need no known words beside a returned message.  What came through a list is
// the list's word, unless its envelope says otherwise.
bool has_strong_daemon_sender(const Findings& f) {
  if (f.signs.has(HeaderSign::FailedRecipients)) return true;
  if (f.signs.has(HeaderSign::List) && !has_daemon_envelope(f)) return false;
  return f.from == SenderRole::DeliveryAgent ||
         (f.from == SenderRole::Postmaster && has_daemon_envelope(f));
}

void note_sender(const Findings& f, KindDecision& decision) {
  if (has_daemon_envelope(f)) {
    decision.evidence.emplace_back("The envelope sender is that of a mail system.");
  }
  if (f.from == SenderRole::DeliveryAgent) {
    decision.evidence.emplace_back("The From field names a mail delivery system.");
  } else if (f.from == SenderRole::Postmaster) {
    decision.evidence.emplace_back("The From field names a postmaster.");
  }
  if (f.signs.has(HeaderSign::FailedRecipients)) {
    decision.evidence.emplace_back("An X-Failed-Recipients field lists who was not reached.");
  }
}

void note_returned(const Findings& f, KindDecision& decision) {
  if (f.returned == ReturnForm::None) return;
  decision.evidence.emplace_back(f.returned_inline
                                     ? "The header of a returned message stands in the text."
                                     : "A returned message is attached.");
}

// What the recipients' actions make of a delivery report: one failure is a bounce, whatever became
// of the others (RFC 3464 §2.3.3).  Where no action can be read, the class of the status tells.
Kind kind_of_recipients(const std::vector<RecipientReport>& recipients) {
  unsigned delayed = 0;
  unsigned reached = 0;
  for (const RecipientReport& recipient : recipients) {
    const std::string& action = recipient.action;
    const char status_class = recipient.status.empty() ? '\0' : recipient.status.front();
    if (action == "failed" || (action.empty() && status_class == '5')) return Kind::Bounce;
    if (action == "delayed" || (action.empty() && status_class == '4')) ++delayed;
    if (action == "delivered" || action == "relayed" || action == "expanded" ||
        (action.empty() && status_class == '2')) {
      ++reached;
    }
  }
  if (delayed > 0) return Kind::Delay;
  return reached > 0 ? Kind::DeliveryReport : Kind::Bounce;
}

std::string sentence_on(const RecipientReport& recipient) {
  std::string sentence = "The report gives " + recipient.address + " as ";
  sentence += recipient.action.empty() ? "a recipient without a known outcome" : recipient.action;
  if (!recipient.status.empty()) sentence += " (" + recipient.status + ")";
  return sentence + ".";
}

std::optional<KindDecision> decide_aggregate(const Findings& f) {
  KindDecision decision{.kind = Kind::AggregateReport, .confidence = 0.99, .standard = true};
  if (f.report_type == "tlsrpt") {
    decision.evidence.emplace_back(
        "It is a TLS report: multipart/report of type tlsrpt (RFC 8460).");
    return decision;
  }
  if (f.parts.tls_report) {
    decision.standard = false;
    decision.evidence.emplace_back("It carries a TLS report as RFC 8460 defines it.");
    return decision;
  }
  if (f.parts.aggregate_file) {
    decision.evidence.emplace_back(
        "It carries a file named as DMARC aggregate reports are (RFC 9990).");
    if (f.aggregate_subject) {
      decision.evidence.emplace_back(
          "The subject has the form of DMARC aggregate reports (RFC 9990).");
    } else {
      decision.confidence = 0.95;
      decision.standard = false;
    }
    return decision;
  }
  return std::nullopt;
}

std::optional<KindDecision> decide_delivery_status(const Findings& f) {
  const bool report = f.signs.has(HeaderSign::Report);
  if (f.parts.delivery_status && (report || has_daemon_sender(f))) {
    KindDecision decision{.kind = kind_of_recipients(*f.recipients), .confidence = 0.99};
    decision.standard = report && f.report_type == "delivery-status";
    decision.evidence.emplace_back(
        decision.standard ? "It is a multipart/report with a delivery status (RFC 3464)."
                          : "It carries a delivery status (RFC 3464), though not in a "
                            "multipart/report of that type.");
    if (!f.recipients->empty()) decision.evidence.push_back(sentence_on(f.recipients->front()));
    note_sender(f, decision);
    note_returned(f, decision);
    return decision;
  }
  // The report was announced and its own part is missing: a second sign must speak for it.
  if (report && f.report_type == "delivery-status" && has_daemon_sender(f)) {
    KindDecision decision{.kind = f.product_delayed ? Kind::Delay : Kind::Bounce,
                          .confidence = 0.8};
    decision.evidence.emplace_back("It is announced as a delivery report, but carries none.");
    note_sender(f, decision);
    note_returned(f, decision);
    return decision;
  }
  return std::nullopt;
}

std::optional<KindDecision> decide_notice(const Findings& f) {
  const bool report = f.signs.has(HeaderSign::Report);
  if (!report && !has_daemon_sender(f)) return std::nullopt;
  if (f.parts.feedback) {
    KindDecision decision{.kind = Kind::FeedbackReport, .confidence = 0.99};
    decision.standard = report && f.report_type == "feedback-report";
    decision.evidence.emplace_back("It carries a feedback report (RFC 5965).");
    return decision;
  }
  if (f.parts.disposition) {
    KindDecision decision{.kind = Kind::ReadReceipt, .confidence = 0.99};
    decision.standard = report && f.report_type == "disposition-notification";
    decision.evidence.emplace_back("It carries a disposition notification (RFC 8098).");
    return decision;
  }
  return std::nullopt;
}

// What the report calls itself comes first, so that no later part of another type can change it.
std::optional<KindDecision> decide_report(const Findings& f) {
  if (f.report_type == "delivery-status" && f.parts.delivery_status)
    return decide_delivery_status(f);
  if (auto decision = decide_aggregate(f)) return decision;
  if (auto decision = decide_notice(f)) return decision;
  return decide_delivery_status(f);
}

// The plain formats: a mail system as the sender, and its product's words or a returned message.
std::optional<KindDecision> decide_plain_bounce(const Findings& f) {
  if (!has_daemon_sender(f) || f.parts.attachment) return std::nullopt;
  KindDecision decision{.kind = Kind::Bounce};
  if (f.product != Product::None && f.product_states_outcome) {
    decision.confidence = f.returned != ReturnForm::None || !f.recipients->empty() ? 0.97 : 0.9;
    decision.language = "en";
    if (f.product_delayed) decision.kind = Kind::Delay;
    decision.evidence.push_back(
        "The text has the words in which " + std::string(name_of(f.product)) +
        (f.product_delayed ? " says that delivery is late." : " says that delivery failed."));
  } else if (f.signs.has(HeaderSign::FailedRecipients)) {
    decision.confidence = 0.9;
  } else if (has_strong_daemon_sender(f) &&
             (f.returned != ReturnForm::None || f.return_announced)) {
    decision.confidence = 0.85;
  } else {
    return std::nullopt;
  }
  note_sender(f, decision);
  note_returned(f, decision);
  return decision;
}

std::optional<KindDecision> decide_auto_reply(const Findings& f) {
  // An answer that a list handed on was not meant for us.
  if (f.signs.has(HeaderSign::List) && !has_daemon_envelope(f)) return std::nullopt;
  KindDecision decision{.kind = Kind::AutoReply};
  if (f.signs.has(HeaderSign::AutoReplied)) {
    decision.confidence = 0.95;
    decision.standard = true;
    decision.evidence.emplace_back(
        "Auto-Submitted says that it was sent as an automatic reply (RFC 3834).");
    return decision;
  }
  if (f.signs.has(HeaderSign::Autoreply)) {
    decision.confidence = 0.9;
    decision.evidence.emplace_back("A header field marks it as the answer of an autoresponder.");
    return decision;
  }
  return std::nullopt;
}

// The words before a "@", '<' or the end that name a mail system.
bool holds_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [text](std::string_view word) {
    return ascii::find_folded(text, word) != std::string_view::npos;
  });
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, ascii::is_digit);
}

}  // namespace

KindDecision decide_kind(const Findings& findings) {
  if (auto decision = decide_report(findings)) return *std::move(decision);
  if (auto decision = decide_plain_bounce(findings)) return *std::move(decision);
  if (auto decision = decide_auto_reply(findings)) return *std::move(decision);
  KindDecision decision{.kind = Kind::Ordinary, .confidence = 0.9};
  decision.evidence.emplace_back(
      "Neither its structure nor its sender is that of an automatic answer.");
  if (has_daemon_sender(findings) || findings.signs.looks_automatic()) {
    decision.confidence = 0.6;
    decision.evidence.back() =
        "It is automatic, but of no form that is known to answer other mail.";
  }
  return decision;
}

SenderRole sender_role(std::string_view raw_from) {
  const std::string text = mail::decode_text(raw_from);
  const auto addresses = mail::parse_address_list(raw_from, 1);
  const std::string local = addresses.empty() ? "" : ascii::lower(addresses.front().local);
  if (local == "mailer-daemon" || local == "mailerdaemon") return SenderRole::DeliveryAgent;
  // The display name or comment only: an address may be any word.
  std::string_view name = text;
  if (const std::size_t bracket = text.find('<'); bracket != std::string::npos) {
    name = name.substr(0, bracket);
    if (ascii::trim(std::string_view(text).substr(bracket)) == "<>")
      return SenderRole::DeliveryAgent;
  }
  if (holds_any(name, {"mail delivery system", "mail delivery subsystem", "mail delivery service",
                       "mailer-daemon", "mailer daemon"})) {
    return SenderRole::DeliveryAgent;
  }
  return local == "postmaster" ? SenderRole::Postmaster : SenderRole::Other;
}

bool is_aggregate_file_name(std::string_view name) {
  // receiver "!" policy-domain "!" begin "!" end [ "!" id ] "." extension
  std::array<std::string_view, 4> part;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t end = name.find('!');
    if (end == std::string_view::npos) return false;
    part[i] = name.substr(0, end);
    name.remove_prefix(end + 1);
  }
  part[3] = name.substr(0, std::min(name.find_first_of("!."), name.size()));
  const bool extension = holds_any(name, {".xml", ".gz", ".zip"});
  return extension && part[0].find('.') != std::string_view::npos &&
         part[1].find('.') != std::string_view::npos && is_number(part[2]) && is_number(part[3]);
}

bool is_aggregate_subject(std::string_view subject) {
  const std::size_t domain = ascii::find_folded(subject, "report domain:");
  return domain != std::string_view::npos &&
         ascii::find_folded(subject.substr(domain), "submitter:") != std::string_view::npos;
}

}  // namespace backstop::reading
