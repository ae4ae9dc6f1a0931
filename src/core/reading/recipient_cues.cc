#include "core/reading/recipient_cues.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/find_byte.h"
#include "core/reading/text_lines.h"
#include "core/reading/word_search.h"

namespace backstop::reading {
namespace {

using Words = std::span<const std::string_view>;

bool begins_with_any(std::string_view text, Words words) {
  return std::ranges::any_of(words,
                             [text](std::string_view word) { return text.starts_with(word); });
}

constexpr CharSet kMarks("<>[]()\"'*-+:;,.=|#` \t\r\n\v\f");
bool is_mark(char c) {
  return kMarks.has(c);
}

// Words directly before a recipient, without the colon and brackets between.
constexpr std::array<std::string_view, 104> kRecipientLabels{
    "recipient",
    "recipients",
    "rcpt to",
    "recipient address",
    "original address",
    "final-recipient: rfc822",
    "original-recipient: rfc822",
    "final-recipient",
    "original-recipient",
    "x-actual-recipient: rfc822",
    "failed recipient",
    "failed recipients",
    "intended recipient",
    "intended recipients",
    "failed address",
    "undeliverable address",
    "target mail address",
    "recipient's address",
    "e-mail address",
    "email address",
    "error-for",
    "addressed to",
    "destination",
    "unknown user",
    "user unknown",
    "no such user",
    "user",
    "mailbox",
    "invalid final delivery userid",
    "mailbox is full",
    "user mailbox exceeds allowed size",
    "exceeds allowed size",
    "undeliverable to",
    "undeliverable",
    "deliver to",
    "delivered to",
    "delivery to",
    "deliver message to",
    "deliver your message to",
    "deliver mail to",
    "deliver the message to",
    "deliver your mail to",
    "delivering your message to",
    "delivering your mail to",
    "delivery for",
    "delivered for",
    "failed to deliver to",
    "unable to deliver to",
    "cannot deliver to",
    "message to",
    "your message to",
    "your mail to",
    "your email to",
    "your e-mail to",
    "mail to",
    "email to",
    "e-mail to",
    "sent to",
    "the message to",
    "following message to",
    "to recipient",
    "to local user",
    "for recipient",
    "rejected recipient",
    "rejected address",
    "permanent errors",
    "rejected for",
    "failed for",
    "status: error, address",
    "address",
    "generated from",
    "expanded from",
    "rcpt=",
    "rcpt",
    "smtp",
    "reach",
    "to reach",
    "did not reach the following recipient",
    "send to",
    "empfänger",
    "empfängeradresse",
    "nachricht an",
    "e-mail an",
    "mail an",
    "zustellung an",
    "destinataire",
    "message à",
    "adressé à",
    "adresse",
    "destinatario",
    "mensaje a",
    "correo a",
    "messaggio a",
    "destinatário",
    "mensagem para",
    "geadresseerde",
    "bericht aan",
    "mottagare",
    "adresat",
    "odbiorca",
    "получатель",
    "адресат",
    "宛先",
    "收件人"};

// Words that name somebody else.
constexpr std::array<std::string_view, 26> kOtherLabels{
    "from",      "mail from",       "sender",      "reply-to",  "return-path", "envelope-from",
    "contact",   "original sender", "postmaster",  "errors-to", "by",          "von",
    "absender",  "expéditeur",      "remitente",   "mittente",  "remetente",   "afzender",
    "avsändare", "nadawca",         "отправитель", "от кого",   "差出人",      "送信者",
    "发件人",    "received from"};

constexpr std::array<std::string_view, 6> kMessageIdLabels{
    "message-id", "message id", "msgid", "message-id is", "reference", "in-reply-to"};

constexpr std::array<std::string_view, 10> kToLabels{"to", "cc",  "an",   "à",  "para",
                                                     "a",  "aan", "till", "do", "кому"};

constexpr std::array<std::string_view, 92> kAnnouncing{"following recipient",
                                                       "following address",
                                                       "following user",
                                                       "following mailbox",
                                                       "following destination",
                                                       "following email",
                                                       "following e-mail",
                                                       "following to",
                                                       "to the following",
                                                       "these recipients",
                                                       "this recipient",
                                                       "intended recipients",
                                                       "recipients of this",
                                                       "affected recipients",
                                                       "list of recipients",
                                                       "recipients were affected",
                                                       "failed recipients",
                                                       "addresses failed",
                                                       "address failed",
                                                       "address(es) failed",
                                                       "failed addresses",
                                                       "addresses had",
                                                       "addresses did not",
                                                       "not delivered to",
                                                       "not be delivered to",
                                                       "not yet been delivered to",
                                                       "not been delivered to",
                                                       "undeliverable to",
                                                       "failed permanently",
                                                       "recipients failed",
                                                       "recipient failed",
                                                       "was aborted",
                                                       "has been delayed",
                                                       "been delayed",
                                                       "delayed for more than",
                                                       "not reach",
                                                       "could not be reached",
                                                       "addresses in your message",
                                                       "unable to deliver",
                                                       "was unable to",
                                                       "wasn't able to deliver",
                                                       "not able to deliver",
                                                       "could not deliver",
                                                       "couldn't be delivered",
                                                       "cannot be delivered",
                                                       "transcript of session follows",
                                                       "to one or more",
                                                       "your message to",
                                                       "failure reasons",
                                                       "wasn't delivered to",
                                                       "returned permanent errors",
                                                       "had delivery",
                                                       "is undeliverable",
                                                       "a message could not be delivered",
                                                       "which failed",
                                                       "failed for",
                                                       "could not be sent",
                                                       "delivery failed",
                                                       "failed to send",
                                                       "listed below",
                                                       "recipient(s)",
                                                       "recipients:",
                                                       "recipient:",
                                                       "address(es)",
                                                       "addresses:",
                                                       "folgende empfänger",
                                                       "folgenden empfänger",
                                                       "folgende(r)",
                                                       "empfängern",
                                                       "folgende adresse",
                                                       "folgenden adresse",
                                                       "destinataires",
                                                       "destinataire",
                                                       "délivré à",
                                                       "delivre a",
                                                       "adresses suivantes",
                                                       "destinatarios",
                                                       "siguientes direcciones",
                                                       "destinatari",
                                                       "seguenti indirizzi",
                                                       "destinatários",
                                                       "geadresseerden",
                                                       "volgende adres",
                                                       "mottagare",
                                                       "adresatów",
                                                       "следующим получателям",
                                                       "получателям",
                                                       "受信者",
                                                       "宛先",
                                                       "メールアドレス",
                                                       "收件人",
                                                       "收件者"};

constexpr std::array<std::string_view, 63> kFailing{"unknown",
                                                    "not found",
                                                    "does not exist",
                                                    "doesn't exist",
                                                    "no such",
                                                    "not exist",
                                                    "undeliverable",
                                                    "could not be delivered",
                                                    "couldn't be delivered",
                                                    "cannot be delivered",
                                                    "can't be delivered",
                                                    "could not be reached",
                                                    "not be reached",
                                                    "not delivered",
                                                    "wasn't delivered",
                                                    "was rejected",
                                                    "is full",
                                                    "over quota",
                                                    "quota",
                                                    "rejected",
                                                    "refused",
                                                    "failed",
                                                    "unable to",
                                                    "invalid",
                                                    "not listed",
                                                    "not recognized",
                                                    "not accept",
                                                    "disabled",
                                                    "discontinued",
                                                    "suspended",
                                                    "inactive",
                                                    "blocked",
                                                    "delivery",
                                                    "did not reach",
                                                    "not reach",
                                                    "bounced",
                                                    "error",
                                                    "not yet been delivered",
                                                    "delayed",
                                                    "nicht zugestellt",
                                                    "unbekannt",
                                                    "unzustellbar",
                                                    "konnte nicht",
                                                    "inconnu",
                                                    "exceed",
                                                    "n'a pas",
                                                    "n'a pu",
                                                    "desconocid",
                                                    "no se pudo",
                                                    "no pudo",
                                                    "no se ha",
                                                    "sconosciut",
                                                    "non è stat",
                                                    "impossibile",
                                                    "desconhecid",
                                                    "não ",
                                                    "onbekend",
                                                    "niet ",
                                                    "nie ",
                                                    "inte ",
                                                    "не ",
                                                    "できません",
                                                    "无法"};

constexpr std::array<std::string_view, 27> kInviting{
    "please contact",     "contact your",        "contact the",        "for assistance",
    "for help",           "for further",         "send mail to",       "send a mail to",
    "send an e-mail to",  "send email to",       "forward this",       "if you have",
    "if you need",        "questions",           "further assistance", "help desk",
    "system contact",     "report this",         "reply to",           "please reply",
    "please send",        "administrator at",    "write to",           "wenden sie sich",
    "veuillez contacter", "póngase en contacto", "directly to"};

constexpr std::array<std::string_view, 24> kReasons{"reason",
                                                    "because",
                                                    "error",
                                                    "diagnostic",
                                                    "explanation",
                                                    "the reason",
                                                    "the error",
                                                    "the response",
                                                    "the following reason",
                                                    "for the following reason",
                                                    "remote server returned",
                                                    "remote host said",
                                                    "technical details",
                                                    "smtp error",
                                                    "grund",
                                                    "fehler",
                                                    "raison",
                                                    "motivo",
                                                    "razón",
                                                    "razão",
                                                    "reden",
                                                    "причина",
                                                    "理由",
                                                    "退信原因"};

constexpr std::array<std::string_view, 13> kHeaderFields{
    "from:",       "to:",           "cc:",           "subject:",  "date:",
    "message-id:", "mime-version:", "content-type:", "received:", "return-path:",
    "x-mailer:",   "reply-to:",     "sender:"};

std::string_view without_marks_behind(std::string_view text) {
  while (!text.empty() && is_mark(text.back()))
    text.remove_suffix(1);
  return text;
}

bool ends_as_word(std::string_view text, std::string_view word) {
  if (text.empty() || text.back() != word.back() || !text.ends_with(word)) return false;
  const std::size_t before = text.size() - word.size();
  if (before == 0) return true;
  const char c = text[before - 1];
  // Scripts without spaces begin a word anywhere.
  return !ascii::is_alnum(c) || static_cast<unsigned char>(word.front()) >= 0x80;
}

bool ends_with_word_of(std::string_view text, Words words) {
  return std::ranges::any_of(words,
                             [text](std::string_view word) { return ends_as_word(text, word); });
}

// "5.1.1", not "5.5.1960" or "5.1.1.1".
bool is_status_code(std::string_view text) {
  std::size_t at = 3;
  if (text.size() < 5 || text[at] != '.') return false;
  const std::size_t begin = ++at;
  while (at < text.size() && ascii::is_digit(text[at]))
    ++at;
  if (at == begin || at - begin > 3) return false;
  return at + 1 >= text.size() || text[at] != '.' || !ascii::is_digit(text[at + 1]);
}

}  // namespace

Label label_before(std::string_view before) {
  const std::string_view marked = ascii::trim(before);
  const std::string_view text = without_marks_behind(before);
  if (text.empty()) return Label::None;
  if (ends_with_word_of(text, kMessageIdLabels)) return Label::MessageId;
  // "expanded from <...>" is the recipient too.
  if (ends_as_word(text, "generated from") || ends_as_word(text, "expanded from"))
    return Label::Recipient;
  if (ends_with_word_of(text, kOtherLabels)) return Label::Other;
  static constexpr auto kEnds = make_word_search<1>(last_four(kRecipientLabels));
  if (text.size() >= 4 && kEnds.any_in(text.substr(text.size() - 4)) &&
      ends_with_word_of(text, kRecipientLabels)) {
    return Label::Recipient;
  }
  // A short word is a label only with its colon.
  const bool colon =
      marked.find(':', text.size() <= marked.size() ? text.size() : 0) != std::string_view::npos;
  if (colon && std::ranges::find(kToLabels, ascii::trim(text)) != kToLabels.end()) return Label::To;
  if (colon && ends_as_word(text, "to")) return Label::To;
  return Label::None;
}

bool announces_recipients(std::string_view line) {
  static constexpr auto kSearch = make_word_search<3>(kAnnouncing);
  return kSearch.any_in(line);
}

bool tells_failure(std::string_view text) {
  static constexpr auto kSearch = make_word_search<1>(kFailing);
  return kSearch.any_in(text);
}

bool invites_contact(std::string_view text) {
  static constexpr auto kSearch = make_word_search<5>(kInviting);
  return kSearch.any_in(text);
}

bool holds_reply(std::string_view line) {
  const auto may_begin = [](Lanes x, Lanes next) {
    const Lanes digit_or_dot =
        (next == every_lane('.')) | ((next >= every_lane('0')) & (next <= every_lane('5')));
    return ((x == every_lane('4')) | (x == every_lane('5'))) & digit_or_dot;
  };
  for (std::size_t at = 0; (at = find_pair(line, at, may_begin)) != std::string_view::npos; ++at) {
    if (at + 3 > line.size()) break;
    if (at > 0 && (ascii::is_alnum(line[at - 1]) || line[at - 1] == '.' || line[at - 1] == '-' ||
                   line[at - 1] == '@' || line[at - 1] == '/'))
      continue;
    // "550 ", "550-", "550:" at the end of a line or before words; "5.1.1".
    if (line[at + 1] == '.' && ascii::is_digit(line[at + 2])) {
      if (is_status_code(line.substr(at))) return true;
      continue;
    }
    if (line[at + 1] == '.' || !ascii::is_digit(line[at + 2])) continue;
    if (at + 3 == line.size()) return true;
    const char after = line[at + 3];
    if (after == ' ' || after == '-' || after == ':' || after == ',' || after == ')') return true;
  }
  return false;
}

bool begins_reason(std::string_view line) {
  line = ascii::trim(line);
  while (!line.empty() && is_mark(line.front()))
    line.remove_prefix(1);
  static constexpr auto kBegins = make_word_search<1>(first_four(kReasons));
  return kBegins.any_in(line.substr(0, 4)) && begins_with_any(line, kReasons);
}

bool is_trace_line(std::string_view line) {
  line = ascii::trim(line);
  return line.starts_with("received: from ") || line.starts_with("received: by ") ||
         line.starts_with("received:from ") || line.starts_with("return-path: <") ||
         line.starts_with("received: (");
}

bool is_header_line(std::string_view line) {
  line = ascii::trim(line);
  constexpr std::size_t kLongestField = 13;  // "mime-version:"
  return line.substr(0, kLongestField).find(':') != std::string_view::npos &&
         begins_with_any(line, kHeaderFields);
}

bool is_rule(std::string_view line) {
  line = ascii::trim(line);
  if (line.size() < 3) return false;
  const auto is_dash = [](char c) {
    return c == '-' || c == '=' || c == '*' || c == '_' || c == '#' || c == '+' || c == '|';
  };
  return is_dash(line[0]) && is_dash(line[1]) && is_dash(line[2]);
}

bool is_decoration(std::string_view text) {
  return std::ranges::all_of(text, is_mark);
}

bool begins_diagnostic(std::string_view after) {
  while (!after.empty() && (after.front() == '>' || after.front() == '"' || after.front() == '\'' ||
                            after.front() == ']'))
    after.remove_prefix(1);
  if (after.empty()) return true;
  if (after.front() == ':' || after.front() == ',' || after.front() == ';') return true;
  after = ascii::trim(after);
  if (after.empty()) return true;
  constexpr std::array<std::string_view, 12> kOpenings{"(", "[",       "-",   "...",  ":", "on ",
                                                       "<", "invalid", "is ", "was ", "=", "user "};
  return begins_with_any(after, kOpenings) || tells_failure(after);
}

std::string_view without_decoration_before(std::string_view text) {
  while (!text.empty() &&
         (text.front() == '>' || text.front() == '"' || text.front() == '\'' ||
          text.front() == ':' || text.front() == ';' || ascii::is_space(text.front())))
    text.remove_prefix(1);
  return is_decoration(text) ? std::string_view{} : text;
}

}  // namespace backstop::reading
