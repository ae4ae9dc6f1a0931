// Delivery, disposition, feedback and aggregate reports (RFC 3464, 8098, 5965, 8460, 9990).
#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/reading/kind.h"
#include "core/reading/subject_marks.h"

namespace backstop::reading {
namespace {

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

// Of the words around an address.
constexpr std::size_t kSentenceBytes = 72;
constexpr std::size_t kSentencesUsual = 4;

std::string sentence_on(const RecipientReport& recipient) {
  std::string sentence;
  sentence.reserve(kSentenceBytes + recipient.address.size());
  sentence.append("The report gives ").append(recipient.address).append(" as ");
  sentence += recipient.action.empty() ? "a recipient without a known outcome" : recipient.action;
  if (!recipient.status.empty()) sentence.append(" (").append(recipient.status).append(")");
  return sentence.append(".");
}

// Reporters that name their file as they like: the subject has the form of the RFC, or words of it
// are sent in the role of a reporter.
std::optional<KindDecision> decide_sloppy_aggregate(const Findings& f) {
  if (!f.parts.compressed_file || is_reply_or_forward(f.subject)) return std::nullopt;
  const bool words = f.words.has(Kind::AggregateReport);
  if (!f.aggregate_subject && !(f.signs.has(HeaderSign::ReportSender) && words)) {
    return std::nullopt;
  }
  KindDecision decision{.kind = Kind::AggregateReport, .confidence = 0.9};
  decision.evidence.emplace_back("It carries a compressed or XML file.");
  decision.evidence.emplace_back(
      f.aggregate_subject ? "The subject has the form of DMARC aggregate reports (RFC 9990)."
                          : "A reporter on DMARC or TLS says that it is an aggregate report.");
  return decision;
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
  if (f.signs.has(HeaderSign::TlsReportField) && f.parts.compressed_file) {
    decision.standard = false;
    decision.confidence = 0.95;
    decision.evidence.emplace_back("It carries a file, and the header fields of TLS reports.");
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
  return decide_sloppy_aggregate(f);
}

std::optional<KindDecision> decide_delivery_status(const Findings& f) {
  const bool report = f.signs.has(HeaderSign::Report);
  // Boxbe asks for its confirmation in the form of a delivery report.
  if (f.signs.has(HeaderSign::ChallengeSender) && f.words.has(Kind::Challenge, Where::Text)) {
    return std::nullopt;
  }
  if (f.parts.delivery_status && (report || has_daemon_sender(f))) {
    KindDecision decision{.kind = kind_of_recipients(*f.recipients), .confidence = 0.99};
    decision.standard = report && f.report_type == "delivery-status";
    decision.evidence.reserve(kSentencesUsual);
    decision.evidence.emplace_back(
        decision.standard ? "It is a multipart/report with a delivery status (RFC 3464)."
                          : "It carries a delivery status (RFC 3464), though not in a "
                            "multipart/report of that type.");
    if (!f.recipients->empty()) decision.evidence.push_back(sentence_on(f.recipients->front()));
    note_sender(f, decision.evidence);
    note_returned(f, decision.evidence);
    return decision;
  }
  // The report was announced and its own part is missing: a second sign must speak for it.
  if (report && f.report_type == "delivery-status" && has_daemon_sender(f)) {
    KindDecision decision{.kind = f.product_delayed ? Kind::Delay : Kind::Bounce,
                          .confidence = 0.8};
    decision.evidence.emplace_back("It is announced as a delivery report, but carries none.");
    note_sender(f, decision.evidence);
    note_returned(f, decision.evidence);
    return decision;
  }
  return std::nullopt;
}

// Somebody else than the sender's own words must say that it is a report.
bool is_seconded(const Findings& f, Kind kind) {
  return f.signs.has(HeaderSign::Report) || f.signs.has(HeaderSign::AutoSubmitted) ||
         has_daemon_sender(f) || f.words.has(kind) || f.returned != ReturnForm::None ||
         !f.recipients->empty();
}

// Reports in the words and structure of their programs alone: Hotmail's complaints have no report
// part, X-ARF has its own, and some reporters write the fields of RFC 5965 as text.
std::optional<KindDecision> decide_plain_feedback(const Findings& f) {
  constexpr Kind kKind = Kind::FeedbackReport;
  if (is_reply_or_forward(f.subject) || f.signs.has(HeaderSign::List)) return std::nullopt;
  const unsigned text = f.words.count_fixed(kKind, Where::Text);
  const unsigned subject = f.words.count_fixed(kKind, Where::Subject);
  const bool back = f.returned != ReturnForm::None;
  const bool field = f.signs.has(HeaderSign::AbuseReportField);
  const bool by_field =
      field && (back || f.words.has(kKind) || f.signs.has(HeaderSign::AutoSubmitted));
  const bool by_words = (subject > 0 && (back || text > 0)) ||
                        (text > 0 && (back || f.words.has(kKind, Where::Subject) ||
                                      f.signs.has(HeaderSign::AutoSubmitted)));
  if (!by_field && !by_words) return std::nullopt;
  KindDecision decision{.kind = kKind, .confidence = 0.9};
  if (field) decision.evidence.emplace_back("A header field marks it as an abuse report (X-ARF).");
  if (by_words) decision.evidence.emplace_back("It has the words of reports of complaints.");
  note_returned(f, decision.evidence);
  return decision;
}

// Receipts in words alone, and those whose own part is missing (Exchange's in TNEF).
std::optional<KindDecision> decide_plain_receipt(const Findings& f) {
  constexpr Kind kKind = Kind::ReadReceipt;
  const bool announced =
      f.signs.has(HeaderSign::Report) && f.report_type == "disposition-notification";
  if (!announced && (is_reply_or_forward(f.subject) || f.signs.has(HeaderSign::List))) {
    return std::nullopt;
  }
  const bool subject = f.words.has(kKind, Where::Subject);
  const bool text = f.words.count_fixed(kKind, Where::Text) > 0;
  const bool automatic = f.signs.has(HeaderSign::AutoSubmitted) || has_daemon_envelope(f);
  const bool by_words = text && (subject || automatic);
  if (!by_words && !(announced && (subject || text || automatic))) return std::nullopt;
  KindDecision decision{.kind = kKind, .confidence = 0.85};
  decision.evidence.emplace_back(announced
                                     ? "It is announced as a disposition notification (RFC 8098)."
                                     : "It has the words of a mail program's read receipts.");
  note_sender(f, decision.evidence);
  return decision;
}

std::optional<KindDecision> decide_notice(const Findings& f) {
  const bool report = f.signs.has(HeaderSign::Report);
  if (f.parts.feedback && is_seconded(f, Kind::FeedbackReport)) {
    KindDecision decision{.kind = Kind::FeedbackReport, .confidence = 0.99};
    decision.standard = report && f.report_type == "feedback-report";
    decision.evidence.emplace_back("It carries a feedback report (RFC 5965).");
    return decision;
  }
  if (f.parts.disposition && is_seconded(f, Kind::ReadReceipt)) {
    KindDecision decision{.kind = Kind::ReadReceipt, .confidence = 0.99};
    decision.standard = report && f.report_type == "disposition-notification";
    decision.evidence.emplace_back("It carries a disposition notification (RFC 8098).");
    return decision;
  }
  return std::nullopt;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, ascii::is_digit);
}

}  // namespace

// What the report calls itself comes first, so that no later part of another type can change it.
std::optional<KindDecision> decide_report(const Findings& f) {
  if (f.report_type == "delivery-status" && f.parts.delivery_status)
    return decide_delivery_status(f);
  if (auto decision = decide_aggregate(f)) return decision;
  if (auto decision = decide_notice(f)) return decision;
  if (auto decision = decide_delivery_status(f)) return decision;
  if (auto decision = decide_plain_feedback(f)) return decision;
  return decide_plain_receipt(f);
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
  const bool extension =
      std::ranges::any_of(std::array{".xml", ".gz", ".zip", ".json"}, [name](const char* ending) {
        return ascii::find_folded(name, ending) != std::string_view::npos;
      });
  return extension && !part[0].empty() && part[1].find('.') != std::string_view::npos &&
         is_number(part[2]) && is_number(part[3]);
}

bool is_aggregate_subject(std::string_view subject) {
  const std::size_t domain = ascii::find_folded(subject, "report domain:");
  return domain != std::string_view::npos &&
         ascii::find_folded(subject.substr(domain), "submitter:") != std::string_view::npos;
}
}  // namespace backstop::reading
