// Delivery, disposition, feedback and aggregate reports (RFC 3464, 8098, 5965, 8460, 9990).
#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/reading/kind.h"

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
  return decide_delivery_status(f);
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
      std::ranges::any_of(std::array{".xml", ".gz", ".zip"}, [name](const char* ending) {
        return ascii::find_folded(name, ending) != std::string_view::npos;
      });
  return extension && part[0].find('.') != std::string_view::npos &&
         part[1].find('.') != std::string_view::npos && is_number(part[2]) && is_number(part[3]);
}

bool is_aggregate_subject(std::string_view subject) {
  const std::size_t domain = ascii::find_folded(subject, "report domain:");
  return domain != std::string_view::npos &&
         ascii::find_folded(subject.substr(domain), "submitter:") != std::string_view::npos;
}
}  // namespace backstop::reading
