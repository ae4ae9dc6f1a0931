#include "core/reading/header_signs.h"

#include <algorithm>
#include <array>

#include "core/base/ascii.h"
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

// Sorted by the length of the field's name, so that most fields of ordinary mail are told by it.
constexpr std::array kRows{
    Row{"from", Match::Daemon, "mailer-daemon", HeaderSign::DaemonFrom, "RFC 5321 §4.5.5 practice"},
    Row{"from", Match::FilterRole, "", HeaderSign::FilterSender,
        "MailScanner, quarantines and gateways"},
    Row{"from", Match::ChallengeService, "", HeaderSign::ChallengeSender,
        "SpamAssassin 20_vbounce.cf"},
    Row{"from", Match::ListConfirmAddress, "", HeaderSign::ListConfirmAddress,
        "Mailman VERP_CONFIRM_FORMAT"},
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
    Row{"x-mailer", Match::Holds, "bitdefender vshield", HeaderSign::FilterField,
        "BitDefender VShield"},
    Row{"list-post", Match::Present, "", HeaderSign::List, "RFC 2369 §3.4"},
    Row{"x-exispam", Match::Present, "", HeaderSign::ChallengeField, "ExiSpam"},
    Row{"precedence", Match::FirstWord, "auto_reply", HeaderSign::Autoreply,
        "cPanel, Plesk, vacation"},
    Row{"precedence", Match::FirstWord, "auto-reply", HeaderSign::Autoreply, "as above, misspelt"},
    Row{"precedence", Match::FirstWord, "spam", HeaderSign::ChallengeField, "notaspammer"},
    Row{"x-ask-info", Match::Present, "", HeaderSign::ChallengeField, "Active Spam Killer"},
    Row{"return-path", Match::NullPath, "", HeaderSign::NullReturnPath, "RFC 5321 §4.4"},
    Row{"x-autoreply", Match::NotNo, "", HeaderSign::Autoreply, "cPanel, Gmail, GMX, Plesk"},
    Row{"return-path", Match::ChallengeService, "", HeaderSign::ChallengeSender,
        "iPermitMail, EarthLink spamBlocker"},
    Row{"x-auto-reply", Match::NotNo, "", HeaderSign::Autoreply, "webmail autoresponders"},
    Row{"content-type", Match::Type, "multipart/report", HeaderSign::Report, "RFC 6522"},
    Row{"x-precedence", Match::FirstWord, "auto_reply", HeaderSign::Autoreply, "Gordano"},
    Row{"x-boxtrapper", Match::Present, "", HeaderSign::ChallengeField, "cPanel BoxTrapper"},
    Row{"x-askversion", Match::Present, "", HeaderSign::ChallengeField, "Active Spam Killer"},
    Row{"content-type", Match::Holds, "interscan_nt_mime_boundary", HeaderSign::FilterField,
        "Trend Micro InterScan VirusWall NT"},
    Row{"content-type", Match::Holds, "multipartboundary_mailinblack", HeaderSign::ChallengeField,
        "Mailinblack"},
    Row{"x-autorespond", Match::Present, "", HeaderSign::Autoreply,
        "Plesk, cPanel, qmail-autoresponder"},
    Row{"auto-submitted", Match::NotNo, "", HeaderSign::AutoSubmitted, "RFC 3834 §5"},
    Row{"auto-submitted", Match::FirstWord, "auto-replied", HeaderSign::AutoReplied, "RFC 3834 §5"},
    Row{"x-spamazoid-md", Match::Present, "", HeaderSign::ChallengeField, "Spamazoid"},
    Row{"x-mail-autoreply", Match::Present, "", HeaderSign::Autoreply, "qmail autoresponders"},
    Row{"x-autoreply-from", Match::Present, "", HeaderSign::Autoreply, "Axigen, Plesk"},
    Row{"tls-report-domain", Match::Present, "", HeaderSign::TlsReportField, "RFC 8460 §5.3"},
    Row{"x-failed-recipients", Match::Present, "", HeaderSign::FailedRecipients, "Exim deliver.c"},
    Row{"x-spamarrest-noauth", Match::Present, "", HeaderSign::ChallengeField, "Spam Arrest"},
    Row{"x-bluebottle-request", Match::Present, "", HeaderSign::ChallengeField, "Bluebottle"},
    Row{"tls-report-submitter", Match::Present, "", HeaderSign::TlsReportField, "RFC 8460 §5.3"},
    Row{"x-list-administrivia", Match::FirstWord, "yes", HeaderSign::ListAdministrivia,
        "Mailman Message.py UserNotification"},
    Row{"x-choicemail-registration-request", Match::Present, "", HeaderSign::ChallengeField,
        "ChoiceMail"},
};
static_assert(std::ranges::is_sorted(kRows, {}, [](const Row& row) { return row.field.size(); }));

constexpr std::size_t kLongestField = kRows.back().field.size();

// The rows whose field has a length of n: kFirstRow[n] up to kFirstRow[n + 1].
constexpr auto kFirstRow = [] {
  std::array<std::uint8_t, kLongestField + 2> first{};
  for (std::size_t length = 0; length < first.size(); ++length) {
    std::uint8_t row = 0;
    while (row < kRows.size() && kRows[row].field.size() < length)
      ++row;
    first[length] = row;
  }
  return first;
}();

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

bool matches(const Row& row, std::string_view raw) {
  switch (row.match) {
    case Match::Present:
      return true;
    case Match::NotNo: {
      const std::string_view word = first_word(raw);
      return !ascii::equals_folded(word, "no") && !ascii::equals_folded(word, "false");
    }
    case Match::FirstWord:
    case Match::Type:
      return ascii::equals_folded(first_word(raw), row.value);
    case Match::NullPath:
      return is_null_path(raw);
    case Match::Daemon:
      return names_local_part(raw, row.value);
    case Match::Holds:
      return ascii::find_folded(raw, row.value) != std::string_view::npos;
    case Match::ListConfirmAddress:
      return confirm_address_form(raw) == ConfirmForm::List;
    case Match::ConfirmAddress:
      return confirm_address_form(raw) == ConfirmForm::Sender;
    case Match::ListConfirmSubject:
      return confirm_subject_form(raw) == ConfirmForm::List;
    case Match::ChallengeSubject:
      return confirm_subject_form(raw) == ConfirmForm::Sender;
    case Match::ChallengeService:
      return names_challenge_service(raw);
    case Match::FilterRole:
      return names_filter_role(raw);
    case Match::ReportRole:
      return names_report_role(raw);
  }
  return false;
}

}  // namespace

void HeaderSigns::on_field(std::string_view name, std::string_view raw) {
  // The site stands in the name of this field.
  if (is_scanner_origin(name, raw)) bits_ |= bit(HeaderSign::FilterField);
  if (name.size() > kLongestField) return;
  const char first = name.empty() ? '\0' : ascii::to_lower(name.front());
  for (std::size_t i = kFirstRow[name.size()]; i < kFirstRow[name.size() + 1]; ++i) {
    const Row& row = kRows[i];
    if (row.field.front() != first || !ascii::equals_folded(name, row.field)) continue;
    if (matches(row, raw)) bits_ |= bit(row.sign);
  }
}

bool HeaderSigns::looks_automatic() const {
  return (bits_ & ~bit(HeaderSign::List)) != 0;
}

}  // namespace backstop::reading
