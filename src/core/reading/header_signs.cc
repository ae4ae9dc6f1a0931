#include "core/reading/header_signs.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "core/base/ascii.h"
#include "core/reading/field_rows.h"
#include "core/reading/request_marks.h"

namespace backstop::reading {
namespace {

// How a field's value makes the sign.
enum class Match : std::uint8_t {
  Present,    // Any value.
  NotNo,      // Any value whose first word is not "no" or "false".
  FirstWord,  // The first word is `value`.
  Type,       // The media type is `value`.
  NullPath,   // "<>".
  Daemon,     // An address whose local part is `value`.
  Holds,      // `value` stands in it.
  Begins,     // It begins with `value`.
  // By request_marks.h:
  ListConfirmAddress,
  ConfirmAddress,
  ListConfirmSubject,
  ChallengeSubject,
  ChallengeService,
  FilterRole,
  ReportRole,
};

struct Row {
  std::string_view field;  // Lower case.
  Match match;
  std::string_view value;  // Lower case.
  HeaderSign sign;
  std::string_view source;
};

// Rows of one field follow each other.
constexpr std::array kRows{
    Row{"from", Match::Daemon, "mailer-daemon", HeaderSign::DaemonFrom, "RFC 5321 §4.5.5 practice"},
    Row{"from", Match::FilterRole, "", HeaderSign::FilterSender,
        "MailScanner, quarantines and gateways"},
    Row{"from", Match::ChallengeService, "", HeaderSign::ChallengeSender,
        "SpamAssassin 20_vbounce.cf"},
    Row{"from", Match::ListConfirmAddress, "", HeaderSign::ListConfirmAddress,
        "Mailman VERP_CONFIRM_FORMAT"},
    Row{"from", Match::ConfirmAddress, "", HeaderSign::ConfirmAddress, "qconfirm"},
    Row{"from", Match::ReportRole, "", HeaderSign::ReportSender, "RFC 9990 reporters"},
    Row{"x-arf", Match::NotNo, "", HeaderSign::AbuseReportField, "x-arf.org 0.1"},
    Row{"x-xarf", Match::NotNo, "", HeaderSign::AbuseReportField, "x-arf.org 0.2"},
    Row{"list-id", Match::Present, "", HeaderSign::List, "RFC 2919"},
    Row{"subject", Match::ListConfirmSubject, "", HeaderSign::ListConfirmSubject,
        "Mailman, Majordomo, Sympa, LISTSERV"},
    Row{"subject", Match::ChallengeSubject, "", HeaderSign::ChallengeSubject, "ASK, BoxTrapper"},
    Row{"spamlion", Match::Present, "", HeaderSign::ChallengeField, "SpamLion"},
    Row{"reply-to", Match::ListConfirmAddress, "", HeaderSign::ListConfirmAddress,
        "ezmlm, mlmmj, Yahoo Groups"},
    Row{"reply-to", Match::ConfirmAddress, "", HeaderSign::ConfirmAddress, "TMDA and others"},
    Row{"reply-to", Match::ChallengeService, "", HeaderSign::ChallengeSender, "Spam Arrest"},
    Row{"x-mailer", Match::Holds, "bitdefender vshield", HeaderSign::FilterField,
        "BitDefender VShield"},
    Row{"x-mailer", Match::Begins, "zendesk", HeaderSign::TicketSystem, "Zendesk"},
    Row{"x-mailer", Match::Begins, "otrs", HeaderSign::TicketSystem, "OTRS Kernel/System/Email.pm"},
    Row{"x-mailer", Match::Begins, "znuny", HeaderSign::TicketSystem, "Znuny, as OTRS"},
    Row{"x-mailer", Match::Begins, "otobo", HeaderSign::TicketSystem, "OTOBO, as OTRS"},
    Row{"x-mailer", Match::Begins, "zammad", HeaderSign::TicketSystem, "Zammad channel drivers"},
    Row{"x-mailer", Match::Begins, "osticket", HeaderSign::TicketSystem,
        "osTicket class.mailer.php"},
    Row{"x-mailer", Match::Begins, "kayako", HeaderSign::TicketSystem, "Kayako"},
    Row{"x-mailer", Match::Begins, "vacation", HeaderSign::Autoreply, "vacation programs"},
    Row{"list-post", Match::Present, "", HeaderSign::List, "RFC 2369 §3.4"},
    Row{"x-exispam", Match::Present, "", HeaderSign::ChallengeField, "ExiSpam"},
    Row{"rt-ticket", Match::Present, "", HeaderSign::TicketSystem, "RT lib/RT/Action/SendEmail.pm"},
    Row{"x-sfdc-lk", Match::Present, "", HeaderSign::TicketSystem, "Salesforce Email-to-Case"},
    Row{"precedence", Match::FirstWord, "auto_reply", HeaderSign::Autoreply,
        "cPanel, Plesk, vacation"},
    Row{"precedence", Match::FirstWord, "auto-reply", HeaderSign::Autoreply, "as above, misspelt"},
    Row{"precedence", Match::FirstWord, "spam", HeaderSign::ChallengeField, "notaspammer"},
    Row{"precedence", Match::FirstWord, "bulk", HeaderSign::Bulk, "RFC 2076 §3.9"},
    Row{"precedence", Match::FirstWord, "junk", HeaderSign::Bulk, "vacation(1)"},
    Row{"x-ricevuta", Match::FirstWord, "non-accettazione", HeaderSign::CertifiedFailure,
        "RFC 6109 §3"},
    Row{"x-ricevuta", Match::FirstWord, "errore-consegna", HeaderSign::CertifiedFailure,
        "RFC 6109 §3"},
    Row{"x-ricevuta", Match::FirstWord, "preavviso-errore-consegna", HeaderSign::CertifiedFailure,
        "RFC 6109 §3"},
    Row{"x-ricevuta", Match::FirstWord, "avvenuta-consegna", HeaderSign::CertifiedReceipt,
        "RFC 6109 §3"},
    Row{"x-ricevuta", Match::FirstWord, "accettazione", HeaderSign::CertifiedReceipt,
        "RFC 6109 §3"},
    Row{"x-ask-info", Match::Present, "", HeaderSign::ChallengeField, "Active Spam Killer"},
    Row{"return-path", Match::NullPath, "", HeaderSign::NullReturnPath, "RFC 5321 §4.4"},
    Row{"return-path", Match::ChallengeService, "", HeaderSign::ChallengeSender,
        "iPermitMail, EarthLink spamBlocker"},
    Row{"x-rt-ticket", Match::Present, "", HeaderSign::TicketSystem, "RT 4, as RT-Ticket"},
    Row{"content-type", Match::Type, "multipart/report", HeaderSign::Report, "RFC 6522"},
    Row{"content-type", Match::Holds, "interscan_nt_mime_boundary", HeaderSign::FilterField,
        "Trend Micro InterScan VirusWall NT"},
    Row{"content-type", Match::Holds, "multipartboundary_mailinblack", HeaderSign::ChallengeField,
        "Mailinblack"},
    Row{"x-precedence", Match::FirstWord, "auto_reply", HeaderSign::Autoreply, "Gordano"},
    Row{"x-boxtrapper", Match::Present, "", HeaderSign::ChallengeField, "cPanel BoxTrapper"},
    Row{"x-askversion", Match::Present, "", HeaderSign::ChallengeField, "Active Spam Killer"},
    Row{"delivered-to", Match::FirstWord, "autoresponder", HeaderSign::Autoreply,
        "Sisimai RFC3834.pm"},
    Row{"x-powered-by", Match::Begins, "otrs", HeaderSign::TicketSystem, "OTRS, as above"},
    Row{"x-powered-by", Match::Begins, "znuny", HeaderSign::TicketSystem, "Znuny, as above"},
    Row{"x-powered-by", Match::Begins, "zammad", HeaderSign::TicketSystem, "Zammad, as above"},
    Row{"auto-submitted", Match::NotNo, "", HeaderSign::AutoSubmitted, "RFC 3834 §5"},
    Row{"auto-submitted", Match::FirstWord, "auto-replied", HeaderSign::AutoReplied, "RFC 3834 §5"},
    Row{"x-spamazoid-md", Match::Present, "", HeaderSign::ChallengeField, "Spamazoid"},
    Row{"x-apple-action", Match::FirstWord, "vacation", HeaderSign::Autoreply,
        "Sisimai RFC3834.pm"},
    Row{"x-mail-autoreply", Match::Present, "", HeaderSign::Autoreply, "qmail autoresponders"},
    Row{"list-unsubscribe", Match::Present, "", HeaderSign::Newsletter, "RFC 2369 §3.2"},
    Row{"tls-report-domain", Match::Present, "", HeaderSign::TlsReportField, "RFC 8460 §5.3"},
    Row{"x-jira-fingerprint", Match::Present, "", HeaderSign::TicketSystem, "Jira"},
    Row{"x-apple-unsubscribe", Match::NotNo, "", HeaderSign::Newsletter,
        "Apple Mail, which leaves a newsletter for its user"},
    Row{"x-failed-recipients", Match::Present, "", HeaderSign::FailedRecipients, "Exim deliver.c"},
    Row{"x-spamarrest-noauth", Match::Present, "", HeaderSign::ChallengeField, "Spam Arrest"},
    Row{"x-debian-pr-message", Match::FirstWord, "ack", HeaderSign::TicketSystem,
        "debbugs scripts/process"},
    Row{"x-bluebottle-request", Match::Present, "", HeaderSign::ChallengeField, "Bluebottle"},
    Row{"tls-report-submitter", Match::Present, "", HeaderSign::TlsReportField, "RFC 8460 §5.3"},
    Row{"x-list-administrivia", Match::FirstWord, "yes", HeaderSign::ListAdministrivia,
        "Mailman Message.py UserNotification"},
    Row{"x-freescout-mail-type", Match::FirstWord, "auto.reply", HeaderSign::Autoreply,
        "FreeScout app/Jobs/SendAutoReply.php"},
    Row{"x-freescout-mail-type", Match::Present, "", HeaderSign::TicketSystem, "FreeScout"},
    Row{"x-servicenow-generated", Match::Present, "", HeaderSign::TicketSystem, "ServiceNow"},
    Row{"x-auto-response-suppress", Match::Present, "", HeaderSign::AsksNoAnswer, "MS-OXCMAIL"},
    Row{"x-zendesk-from-account-id", Match::Present, "", HeaderSign::TicketSystem, "Zendesk"},
    Row{"x-ms-exchange-inbox-rules-loop", Match::Present, "", HeaderSign::MailboxRule,
        "Exchange, on what a mailbox rule sends"},
    Row{"x-choicemail-registration-request", Match::Present, "", HeaderSign::ChallengeField,
        "ChoiceMail"},
    Row{"x-ms-exchange-generated-message-source", Match::Begins, "mailbox rules agent",
        HeaderSign::MailboxRule, "Exchange 2013 on"},
};
constexpr FieldRows<kRows> kFieldRows;

std::string_view first_word(std::string_view raw) {
  raw = ascii::trim(raw);
  std::size_t end = 0;
  while (end < raw.size() && !ascii::is_space(raw[end]) && raw[end] != ';' && raw[end] != '(')
    ++end;
  return raw.substr(0, end);
}

bool is_null_path(std::string_view raw) {
  raw = ascii::trim(raw);
  return raw.size() >= 2 && raw.front() == '<' && raw.back() == '>' &&
         ascii::trim(raw.substr(1, raw.size() - 2)).empty();
}

// `local` stands in `raw` as the local part of an address, or, as MTAs without a domain write it,
// alone in brackets or before a comment.
bool names_local_part(std::string_view raw, std::string_view local) {
  raw = ascii::trim(raw);
  for (std::size_t at = ascii::find_folded(raw, local); at != std::string_view::npos;) {
    const std::size_t end = at + local.size();
    const char before = at == 0 ? ' ' : raw[at - 1];
    const char after = end == raw.size() ? ' ' : raw[end];
    const bool begins = before == '<' || ascii::is_space(before);
    if (begins && after == '@') return true;
    if (before == '<' && after == '>') return true;
    if (at == 0 && ascii::is_space(after) && raw.find('@') == std::string_view::npos) return true;
    const std::size_t next = ascii::find_folded(raw.substr(end), local);
    at = next == std::string_view::npos ? next : end + next;
  }
  return false;
}

bool is_yes(std::string_view raw) {
  const std::string_view word = first_word(raw);
  return !ascii::equals_folded(word, "no") && !ascii::equals_folded(word, "false");
}

// A field's value, with what several rows ask of it.
class Value {
 public:
  explicit Value(std::string_view raw) : raw_(raw) {}

  bool matches(const Row& row) {
    switch (row.match) {
      case Match::Present:
        return true;
      case Match::NotNo:
        return is_yes(raw_);
      case Match::FirstWord:
      case Match::Type:
        return ascii::equals_folded(first_word(raw_), row.value);
      case Match::NullPath:
        return is_null_path(raw_);
      case Match::Daemon:
        return names_local_part(raw_, row.value);
      case Match::Holds:
        return ascii::find_folded(raw_, row.value) != std::string_view::npos;
      case Match::Begins:
        return ascii::equals_folded(ascii::trim(raw_).substr(0, row.value.size()), row.value);
      case Match::ListConfirmAddress:
        return address().confirms == ConfirmForm::List;
      case Match::ConfirmAddress:
        return address().confirms == ConfirmForm::Sender;
      case Match::ListConfirmSubject:
        return subject() == ConfirmForm::List;
      case Match::ChallengeSubject:
        return subject() == ConfirmForm::Sender;
      case Match::ChallengeService:
        return address().challenge;
      case Match::FilterRole:
        return address().filter;
      case Match::ReportRole:
        return address().report;
    }
    return false;
  }

 private:
  const AddressMarks& address() {
    if (!std::exchange(has_address_, true)) address_ = find_address_marks(raw_);
    return address_;
  }
  ConfirmForm subject() {
    if (!std::exchange(has_subject_, true)) subject_ = confirm_subject_form(raw_);
    return subject_;
  }

  std::string_view raw_;
  AddressMarks address_;
  ConfirmForm subject_ = ConfirmForm::None;
  bool has_address_ = false;
  bool has_subject_ = false;
};

// X-Autoreply, X-Auto-Reply, X-Autoreply-From, X-Autorespond, X-Auto-Answer, X-Yandex-Autoreply,
// X-HelpScout-AutoReply ...: autoresponders choose the name of their mark freely, but all alike
// (cPanel, Plesk, Gmail, GMX, Axigen, osTicket, qmail-autoresponder, web mail, help desks).
bool is_autoreply_name(std::string_view name) {
  constexpr std::string_view kMark = "-auto";
  if (name.size() < 3 || ascii::to_lower(name[0]) != 'x' || name[1] != '-') return false;
  for (std::size_t at = 1; at + kMark.size() < name.size(); ++at) {
    if (name[at] != '-' || ascii::to_lower(name[at + 1]) != 'a' ||
        !ascii::equals_folded(name.substr(at, kMark.size()), kMark)) {
      continue;
    }
    std::string_view rest = name.substr(at + kMark.size());
    if (rest.front() == '-') rest.remove_prefix(1);
    const auto begins = [rest](std::string_view word) {
      return ascii::equals_folded(rest.substr(0, word.size()), word);
    };
    if (begins("repl") || begins("answer") || (begins("respon") && !begins("response-suppress"))) {
      return true;
    }
  }
  return false;
}

}  // namespace

void HeaderSigns::on_field(std::string_view name, std::string_view raw) {
  if (is_autoreply_name(name) && is_yes(raw)) bits_ |= bit(HeaderSign::Autoreply);
  // The site stands in the name of this field.
  if (is_scanner_origin(name, raw)) bits_ |= bit(HeaderSign::FilterField);
  const std::span<const Row> rows = kFieldRows.of(name);
  if (rows.empty()) return;
  Value value(raw);
  for (const Row& row : rows) {
    if (value.matches(row)) bits_ |= bit(row.sign);
  }
}

bool HeaderSigns::looks_automatic() const {
  constexpr unsigned kOrdinaryToo = bit(HeaderSign::List) | bit(HeaderSign::Bulk) |
                                    bit(HeaderSign::AsksNoAnswer) | bit(HeaderSign::MailboxRule) |
                                    bit(HeaderSign::TicketSystem) | bit(HeaderSign::Newsletter);
  return (bits_ & ~kOrdinaryToo) != 0;
}

bool HeaderSigns::may_answer() const {
  return looks_automatic() || has(HeaderSign::MailboxRule) || has(HeaderSign::TicketSystem);
}

}  // namespace backstop::reading
