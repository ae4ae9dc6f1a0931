#include "core/reading/sign_sentences.h"

#include "core/base/assert.h"

namespace backstop::reading {
namespace {

constexpr HeaderSign kLastSign = HeaderSign::Newsletter;

struct Told {
  std::string_view name;
  std::string_view sentence;
};

// Without a default, so that a new sign cannot be forgotten.
Told told(HeaderSign sign) {
  switch (sign) {
    case HeaderSign::AutoSubmitted:
      return {"auto-submitted", "Auto-Submitted says that a program sent it (RFC 3834)."};
    case HeaderSign::AutoReplied:
      return {"auto-replied", "Auto-Submitted says that it answers by itself (RFC 3834)."};
    case HeaderSign::Report:
      return {"report", "Its type is multipart/report (RFC 6522)."};
    case HeaderSign::FailedRecipients:
      return {"failed-recipients", "X-Failed-Recipients lists who was not reached."};
    case HeaderSign::Autoreply:
      return {"autoreply", "A field by which autoresponders mark their answers."};
    case HeaderSign::NullReturnPath:
      return {"null-return-path", "Return-Path is empty: nobody is to answer it (RFC 5321)."};
    case HeaderSign::DaemonFrom:
      return {"daemon-from", "It is from mailer-daemon@."};
    case HeaderSign::List:
      return {"list", "A mailing list sent it on (RFC 2919, RFC 2369)."};
    case HeaderSign::ListAdministrivia:
      return {"list-administrivia", "A field of Mailman's own messages."};
    case HeaderSign::ListConfirmAddress:
      return {"list-confirm-address", "An address with the confirmation token of a list manager."};
    case HeaderSign::ListConfirmSubject:
      return {"list-confirm-subject", "A subject with the confirmation token of a list manager."};
    case HeaderSign::ConfirmAddress:
      return {"confirm-address", "An address with a confirmation token."};
    case HeaderSign::ChallengeSubject:
      return {"challenge-subject",
              "A subject with the token of a program that challenges senders."};
    case HeaderSign::ChallengeField:
      return {"challenge-field", "A field that only a program writes which challenges senders."};
    case HeaderSign::ChallengeSender:
      return {"challenge-sender", "An address of a service that challenges senders."};
    case HeaderSign::FilterField:
      return {"filter-field", "A field in which a mail filter says that it wrote the message."};
    case HeaderSign::FilterSender:
      return {"filter-sender", "An address that is a mail filter's role."};
    case HeaderSign::ReportSender:
      return {"report-sender", "An address that reports on DMARC or TLS."};
    case HeaderSign::TlsReportField:
      return {"tls-report-field", "A field of TLS reports (RFC 8460)."};
    case HeaderSign::AbuseReportField:
      return {"abuse-report-field", "A field of abuse reports (X-ARF)."};
    case HeaderSign::Bulk:
      return {"bulk", "Precedence says that it is bulk or junk."};
    case HeaderSign::AsksNoAnswer:
      return {"asks-no-answer", "It asks for no automatic answer."};
    case HeaderSign::MailboxRule:
      return {"mailbox-rule", "A rule of an Exchange mailbox wrote it."};
    case HeaderSign::TicketSystem:
      return {"ticket-system", "A field that help desks write."};
    case HeaderSign::CertifiedFailure:
      return {"certified-failure", "X-Ricevuta says that certified mail failed (RFC 6109)."};
    case HeaderSign::CertifiedReceipt:
      return {"certified-receipt", "X-Ricevuta is of a receipt of certified mail (RFC 6109)."};
    case HeaderSign::Newsletter:
      return {"newsletter", "It says how to unsubscribe from it."};
  }
  BS_ASSERT(false);
}

}  // namespace

std::vector<HeaderSign> list_signs(HeaderSigns signs) {
  std::vector<HeaderSign> out;
  for (unsigned i = 0; i <= static_cast<unsigned>(kLastSign); ++i) {
    if (signs.has(static_cast<HeaderSign>(i))) out.push_back(static_cast<HeaderSign>(i));
  }
  return out;
}

std::string_view name_of(HeaderSign sign) {
  return told(sign).name;
}

std::string_view sentence_of(HeaderSign sign) {
  return told(sign).sentence;
}

std::string_view name_of(Where where) {
  switch (where) {
    case Where::Subject:
      return "subject";
    case Where::From:
      return "from";
    case Where::Text:
      return "text";
    case Where::Diagnostic:
      return "diagnostic";
  }
  BS_ASSERT(false);
}

}  // namespace backstop::reading
