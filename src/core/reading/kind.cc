#include "core/reading/kind.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/mail/header_text.h"
#include "core/reading/kind_words.h"

namespace backstop::reading {
namespace {

// People write as postmaster@, and forward what they ask about: only a header that says so makes
// such mail automatic.
bool is_written_by_postmaster(const Findings& f) {
  return f.envelope_is_postmaster && !f.signs.looks_automatic() &&
         f.from != SenderRole::DeliveryAgent;
}

}  // namespace

bool has_daemon_envelope(const Findings& f) {
  if (is_written_by_postmaster(f)) return false;
  return f.envelope_is_daemon.value_or(false) || f.signs.has(HeaderSign::NullReturnPath);
}

// A postmaster on a list is a person.
bool has_daemon_sender(const Findings& f) {
  if (has_daemon_envelope(f) || f.signs.has(HeaderSign::FailedRecipients)) return true;
  if (f.from == SenderRole::DeliveryAgent) return true;
  return f.from == SenderRole::Postmaster && !f.signs.has(HeaderSign::List) &&
         !is_written_by_postmaster(f);
}

void note_sender(const Findings& f, std::vector<std::string>& evidence) {
  if (has_daemon_envelope(f)) {
    evidence.emplace_back("The envelope sender is that of a mail system.");
  }
  if (f.from == SenderRole::DeliveryAgent) {
    evidence.emplace_back("The From field names a mail delivery system.");
  } else if (f.from == SenderRole::Postmaster) {
    evidence.emplace_back("The From field names a postmaster.");
  }
  if (f.signs.has(HeaderSign::FailedRecipients)) {
    evidence.emplace_back("An X-Failed-Recipients field lists who was not reached.");
  }
}

void note_returned(const Findings& f, std::vector<std::string>& evidence) {
  if (f.returned == ReturnForm::None) return;
  evidence.emplace_back(f.returned_inline ? "The header of a returned message stands in the text."
                                          : "A returned message is attached.");
}

bool needs_body(const Findings& f) {
  return f.signs.may_answer() || f.envelope_is_daemon.value_or(false) ||
         f.from != SenderRole::Other || !f.words.empty() || f.aggregate_subject ||
         has_subject_of_answer(f) || f.parts.aggregate_file || f.parts.tls_report ||
         may_be_notice(f);
}

KindDecision decide_kind(const Findings& findings) {
  for (const auto decide : {decide_report, decide_content_notice, decide_request,
                            decide_unknown_refusal, decide_plain_bounce, decide_answer}) {
    if (auto decision = decide(findings)) return *std::move(decision);
  }
  return decide_ordinary(findings);
}

KindDecision decide_ordinary(const Findings& findings) {
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

}  // namespace backstop::reading
