#include "core/reading/request_marks.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/find_byte.h"
#include "core/reading/word_set.h"

namespace backstop::reading {
namespace {

using namespace std::string_view_literals;

// Of one field no more addresses than this are looked at: requests have one.
constexpr unsigned kAddressesLookedAt = 4;
constexpr std::size_t kTokenLength = 6;
constexpr std::size_t kHexCommandLength = 8;
constexpr std::size_t kWordOriginLength = 24;

bool is_hex(char c) {
  return ascii::is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr auto kLocalChars = [] {
  std::array<bool, 256> local{};
  for (std::size_t c = 0x21; c < local.size(); ++c)
    local[c] = "<>,;:\"()@"sv.find(static_cast<char>(c)) == std::string_view::npos;
  return local;
}();

bool is_local_char(char c) {
  return kLocalChars[static_cast<unsigned char>(c)];
}

// Calls `take(local, domain)`, both in lower case, for the addresses of a field.
template <class Take>
void for_each_address(std::string_view raw, Take&& take) {
  std::string lower;
  unsigned seen = 0;
  for (std::size_t at = find_byte(raw, '@');
       at != std::string_view::npos && seen < kAddressesLookedAt;
       at = find_byte(raw, '@', at + 1), ++seen) {
    std::size_t begin = at;
    while (begin > 0 && is_local_char(raw[begin - 1]))
      --begin;
    std::size_t end = at + 1;
    while (end < raw.size() && is_local_char(raw[end]))
      ++end;
    lower = raw.substr(begin, end - begin);
    ascii::lower_into(lower.data(), lower);
    const std::string_view both(lower);
    take(both.substr(0, at - begin), both.substr(at - begin + 1));
  }
}

constexpr CharSet kPartsLocal("-_.+");
constexpr CharSet kPartsToken("-+._=");
constexpr CharSet kPartsDomain(".");

// Calls `test(word, rest)` for each word of `text` between separators; `rest` is what follows it.
template <class Test>
bool any_word(std::string_view text, const CharSet& separators, Test&& test) {
  while (!text.empty()) {
    const std::size_t end = separators.find_in(text);
    const std::string_view rest = text.substr(std::min(end + 1, text.size()));
    if (end > 0 && test(text.substr(0, end), rest)) return true;
    text = rest;
  }
  return false;
}

template <class Take>
void for_each_word(std::string_view text, const CharSet& separators, Take&& take) {
  any_word(text, separators, [&take](std::string_view word, std::string_view) {
    take(word);
    return false;
  });
}

bool is_token(std::string_view word) {
  return word.size() >= kTokenLength && std::ranges::all_of(word, ascii::is_alnum) &&
         std::ranges::any_of(word, ascii::is_digit);
}

bool has_token(std::string_view text) {
  return any_word(text, kPartsToken,
                  [](std::string_view word, std::string_view) { return is_token(word); });
}

// ezmlm: list-sc.1034703413.bkdcpmlpddmlkpjmkbid-user=host (ezmlm-idx, subscribe and unsubscribe
// confirmations, for users and for moderators).
bool is_ezmlm_confirm(std::string_view local) {
  if (local.find("c.") == std::string_view::npos) return false;
  for (const std::string_view action : {"-sc."sv, "-uc."sv, "-tc."sv, "-vc."sv, "-wc."sv}) {
    const std::size_t at = local.find(action);
    if (at == std::string_view::npos) continue;
    const std::string_view stamp = local.substr(at + action.size());
    const std::size_t dot = stamp.find('.');
    if (dot != std::string_view::npos && dot >= 5 &&
        std::ranges::all_of(stamp.substr(0, dot), ascii::is_digit)) {
      return true;
    }
  }
  return false;
}

ConfirmForm form_of_local(std::string_view local) {
  ConfirmForm form = ConfirmForm::None;
  // One stands in all of them.
  if (find_byte(local, 'c') == std::string_view::npos) return form;
  if (is_ezmlm_confirm(local)) return ConfirmForm::List;
  if (local.find("conf") == std::string_view::npos) return form;
  any_word(local, kPartsToken, [&](std::string_view word, std::string_view rest) {
    const bool is_list =
        word == "confsub" || word == "confunsub" || word == "subconfirm" || word == "unsubconfirm";
    const bool is_sender = word == "confirm" || word == "qconfirm" || word == "conf";
    if ((!is_list && !is_sender) || !has_token(rest)) return false;
    // Mailman's VERP_CONFIRM_FORMAT, "%(addr)s+%(cookie)s" of list-confirm; Yahoo's confirm-s2-.
    const std::size_t before = static_cast<std::size_t>(rest.data() - local.data()) - 1;
    const bool is_mailman = word == "confirm" && local[before] == '+';
    const bool is_yahoo = word == "confirm" && (rest.starts_with("s2-") || rest.starts_with("u2-"));
    form = is_list || is_mailman || is_yahoo ? ConfirmForm::List : ConfirmForm::Sender;
    return true;
  });
  return form;
}

// "9F3A-77C0-12DE : CONFIRM from list (subscribe)" of Majordomo 2.
bool is_majordomo_subject(std::string_view subject) {
  const std::size_t at = ascii::find_folded(subject, " : confirm from ");
  if (at == std::string_view::npos || at < kTokenLength) return false;
  return std::ranges::all_of(subject.substr(0, at), [](char c) { return is_hex(c) || c == '-'; });
}

// `word`, a space and nothing else but hexadecimal digits up to the next space.
bool is_command_with_token(std::string_view subject, std::string_view word, std::size_t length,
                           bool alone) {
  if (!ascii::starts_with_folded(subject, word)) return false;
  subject.remove_prefix(word.size());
  const std::size_t end = std::min(subject.find(' '), subject.size());
  if (alone && end != subject.size()) return false;
  return end >= length &&
         std::ranges::all_of(subject.substr(0, end), [](char c) { return is_hex(c) || c == '-'; });
}

bool has_mark_with_token(std::string_view subject, std::string_view mark) {
  const std::size_t at = ascii::find_folded(subject, mark);
  if (at == std::string_view::npos) return false;
  const std::string_view rest = subject.substr(at + mark.size());
  static constexpr CharSet kEndsToken(" )]");
  return kEndsToken.find_in(rest) >= kTokenLength;
}

constexpr CharSet kPartsJoined("-_.");

constexpr WordSet kFilterRoles{std::array{
    "mailscanner"sv,   "amavis"sv,       "amavisd"sv,      "antivirus"sv,    "virusalert"sv,
    "virusadmin"sv,    "viruswall"sv,    "virus"sv,        "interscan"sv,    "antigen"sv,
    "mailsweeper"sv,   "mailmarshal"sv,  "surfcontrol"sv,  "quarantine"sv,   "spamquarantine"sv,
    "contentfilter"sv, "groupshield"sv,  "scanmail"sv,     "spamfilter"sv,   "mimedefang"sv,
    "clamav"sv,        "drweb"sv,        "esafe"sv,        "puremessage"sv,  "quarantaene"sv,
    "quarantaine"sv,   "cuarentena"sv,   "quarantena"sv,   "mailfilter"sv,   "spamdigest"sv,
    "securiqwall"sv,   "gwava"sv,        "virusscanner"sv, "virenscanner"sv, "barracuda"sv,
    "emailsecurity"sv, "mailsecurity"sv, "smtpgateway"sv,  "viruschecker"sv, "virusmaster"sv,
}};

// Domains of services, and local parts of their challenges (SpamAssassin 20_vbounce.cf
// CRBOUNCE_*).
constexpr WordSet kChallengeServices{std::array{
    "boxbe"sv,       "spamarrest"sv,  "bluebottle"sv,    "ipermitmail"sv,  "vanquish"sv,
    "0spam"sv,       "mailinblack"sv, "knowspam"sv,      "spamlion"sv,     "mailblocks"sv,
    "choicemail"sv,  "digiportal"sv,  "cashette"sv,      "spamstomp"sv,    "sendio"sv,
    "spamcease"sv,   "qurb"sv,        "si20"sv,          "spamhippo"sv,    "spambully"sv,
    "approvemail"sv, "totalblock"sv,  "spamexpress"sv,   "leavemealone"sv, "mailwasher"sv,
    "spamenmoins"sv, "altospam"sv,    "mail-in-black"sv,
}};
constexpr WordSet kChallengeLocals{
    std::array{"challenge"sv, "spambush"sv, "spamhippo"sv, "sspam"sv}};

constexpr WordSet kReportWords{std::array{"tlsrpt"sv, "smtptls"sv, "tlsreports"sv}};

}  // namespace

ConfirmForm confirm_subject_form(std::string_view raw) {
  const std::string_view subject = ascii::trim(raw);
  // One of these stands in all of them.
  if (ascii::find_folded(subject, "conf") == std::string_view::npos &&
      ascii::find_folded(subject, "verify") == std::string_view::npos &&
      !ascii::starts_with_folded(subject, "auth ")) {
    return ConfirmForm::None;
  }
  // Mailman 2; Minimalist and Sympa (mail_tt2/request_auth.tt2); Majordomo 2; LISTSERV's
  // confirmation code.
  if (is_command_with_token(subject, "confirm ", kHexCommandLength, true) ||
      is_command_with_token(subject, "auth ", kHexCommandLength, false) ||
      is_majordomo_subject(subject) ||
      has_mark_with_token(subject, "command confirmation request (")) {
    return ConfirmForm::List;
  }
  // Active Spam Killer; BoxTrapper, new and old.
  if (has_mark_with_token(subject, "(conf#") ||
      has_mark_with_token(subject, "requires verification verify#") ||
      has_mark_with_token(subject, "requires verification verify:")) {
    return ConfirmForm::Sender;
  }
  return ConfirmForm::None;
}

AddressMarks find_address_marks(std::string_view raw) {
  AddressMarks marks;
  for_each_address(raw, [&marks](std::string_view local, std::string_view domain) {
    if (marks.confirms == ConfirmForm::None) marks.confirms = form_of_local(local);
    std::string joined(local);
    std::erase_if(joined, [](char c) { return kPartsJoined.has(c); });
    marks.filter = marks.filter || kFilterRoles.has(joined);
    marks.report = marks.report || local.find("dmarc") != std::string_view::npos;
    for_each_word(local, kPartsLocal, [&marks](std::string_view word) {
      marks.filter = marks.filter || kFilterRoles.has(word);
      marks.challenge = marks.challenge || kChallengeLocals.has(word);
      marks.report = marks.report || kReportWords.has(word);
    });
    for_each_word(domain, kPartsDomain, [&marks](std::string_view word) {
      marks.challenge = marks.challenge || kChallengeServices.has(word);
    });
  });
  return marks;
}

bool is_scanner_origin(std::string_view name, std::string_view raw) {
  constexpr std::string_view kEnding = "-mailscanner";
  if (name.size() <= kEnding.size() || ascii::to_lower(name.back()) != 'r' ||
      !ascii::equals_folded(name.substr(name.size() - kEnding.size()), kEnding)) {
    return false;
  }
  raw = ascii::trim(raw);
  return !raw.empty() && raw.size() <= kWordOriginLength &&
         std::ranges::none_of(raw, [](char c) { return ascii::is_space(c) || c == ':'; });
}

bool is_list_role(std::string_view local) {
  // "-ctl" of fml, "+subconfirm" of Google Groups.
  static constexpr std::array kEndings{"-request"sv,   "-owner"sv,   "+owner"sv, "-help"sv,
                                       "+help"sv,      "-bounces"sv, "-admin"sv, "-confirm"sv,
                                       "subconfirm"sv, "-ctl"sv};
  static constexpr std::array kNames{"majordomo"sv,  "listserv"sv,   "sympa"sv,     "listproc"sv,
                                     "mailman"sv,    "listar"sv,     "ecartis"sv,   "lyris"sv,
                                     "listmaster"sv, "minimalist"sv, "smartlist"sv, "petidomo"sv};
  if (local.empty()) return false;
  return std::ranges::any_of(kEndings,
                             [local](std::string_view ending) {
                               return local.back() == ending.back() &&
                                      local.size() > ending.size() && local.ends_with(ending);
                             }) ||
         std::ranges::any_of(kNames,
                             [local](std::string_view name) {
                               return local.front() == name.front() && local.starts_with(name);
                             }) ||
         local.find("-confirm+") != std::string_view::npos || local.starts_with("owner-");
}

bool is_office_role(std::string_view local) {
  static constexpr std::array kRoles{
      "info"sv,      "contact"sv,   "kontakt"sv,   "contacto"sv, "contatto"sv, "contato"sv,
      "hello"sv,     "hallo"sv,     "hola"sv,      "ola"sv,      "hej"sv,      "hei"sv,
      "ciao"sv,      "bonjour"sv,   "office"sv,    "mail"sv,     "post"sv,     "posta"sv,
      "team"sv,      "service"sv,   "support"sv,   "press"sv,    "presse"sv,   "marketing"sv,
      "redaktion"sv, "redaction"sv, "redazione"sv, "redakcja"sv, "redakce"sv,  "sekretariat"sv,
      "welcome"sv,   "community"sv, "club"sv};
  return std::ranges::find(kRoles, local) != kRoles.end();
}

bool is_sending_role(std::string_view local) {
  static constexpr std::array kRoles{
      "noreply"sv,      "no-reply"sv,      "donotreply"sv,      "newsletter"sv,  "newsletters"sv,
      "news"sv,         "subscribe"sv,     "optin"sv,           "opt-in"sv,      "confirm"sv,
      "confirmation"sv, "confirmations"sv, "lists"sv,           "list"sv,        "mailing"sv,
      "mailings"sv,     "mailer"sv,        "notifications"sv,   "feedburner"sv,  "do-not-reply"sv,
      "no_reply"sv,     "nepasrepondre"sv, "nicht-antworten"sv, "nieuwsbrief"sv, "boletin"sv,
      "nyhetsbrev"sv,   "rundbrief"sv};
  return std::ranges::find(kRoles, local) != kRoles.end() || local.starts_with("newsletter");
}

}  // namespace backstop::reading
