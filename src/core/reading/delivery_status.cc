#include "core/reading/delivery_status.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/find_byte.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"

namespace backstop::reading {
namespace {

// What stands in no type, and what ends the name of a host.
constexpr CharSet kNoType(" \t@<");
constexpr CharSet kEndsHost(" \t(");

// The type before a semicolon, and the rest.  A text without a type is all rest: a type is one
// atom, so a semicolon further back belongs to the text.
std::pair<std::string, std::string> split_type(std::string_view raw) {
  std::string text = mail::decode_text(raw);
  std::string type;
  if (const std::size_t semicolon = text.find(';'); semicolon != std::string::npos) {
    const std::string_view before = ascii::trim(std::string_view(text).substr(0, semicolon));
    if (!kNoType.any_in(before)) {
      type = ascii::lower(before);
      text.erase(0, semicolon + 1);
    }
  }
  const std::string_view trimmed = ascii::trim(text);
  const auto begin = static_cast<std::size_t>(trimmed.data() - text.data());
  text.resize(begin + trimmed.size());
  text.erase(0, begin);
  return {std::move(type), std::move(text)};
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

bool is_scalar(unsigned code) {
  return code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && code != 0x7f;
}

// RFC 6533 §3: EmbeddedUnicodeChar is "\x{" HEXPOINT "}".
std::string undo_embedded_unicode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text.starts_with("\\x{")) {
      unsigned code = 0;
      const char* begin = text.data() + 3;
      const auto [end, error] = std::from_chars(begin, text.data() + text.size(), code, 16);
      const auto digits = static_cast<std::size_t>(end - begin);
      if (error == std::errc{} && digits <= 6 && 3 + digits < text.size() && *end == '}' &&
          is_scalar(code)) {
        append_utf8(out, code);
        text.remove_prefix(3 + digits + 1);
        continue;
      }
    }
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

int upper_hex(char c) {
  if (ascii::is_digit(c)) return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// RFC 3461 §4: xtext writes '+', '=' and what is not printable as "+" and two upper-case digits.
// Nothing else is undone, since "user+2A@" may be an address with a detail.
std::string undo_xtext(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && i + 2 < text.size()) {
      const int high = upper_hex(text[i + 1]);
      const int low = upper_hex(text[i + 2]);
      const int code = high < 0 || low < 0 ? -1 : high * 16 + low;
      if (code == '+' || code == '=' || code == ' ') {
        out += static_cast<char>(code);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

constexpr std::size_t kEnvelopeIdBytes = 100;

enum class FieldName {
  ReportingMta,
  EnvelopeId,
  FinalRecipient,
  OriginalRecipient,
  Action,
  Status,
  DiagnosticCode,
  RemoteMta,
  ArrivalDate,
  LastAttemptDate,
  WillRetryUntil,
  ActualRecipient,
  Other,
  Unknown,
};

FieldName field_name(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, FieldName>, 15> kNames{{
      {"reporting-mta", FieldName::ReportingMta},
      {"final-recipient", FieldName::FinalRecipient},
      {"original-recipient", FieldName::OriginalRecipient},
      {"action", FieldName::Action},
      {"status", FieldName::Status},
      {"diagnostic-code", FieldName::DiagnosticCode},
      {"original-envelope-id", FieldName::EnvelopeId},
      {"dsn-gateway", FieldName::Other},
      {"received-from-mta", FieldName::Other},
      {"arrival-date", FieldName::ArrivalDate},
      {"remote-mta", FieldName::RemoteMta},
      {"last-attempt-date", FieldName::LastAttemptDate},
      {"final-log-id", FieldName::Other},
      {"will-retry-until", FieldName::WillRetryUntil},
      {"x-actual-recipient", FieldName::ActualRecipient},
  }};
  for (const auto& [known, value] : kNames) {
    if (ascii::equals_folded(name, known)) return value;
  }
  return FieldName::Unknown;
}

// An ENVID has 100 characters at most (RFC 3461 §4.4).
std::string parse_envelope_id(std::string_view raw) {
  std::string id(ascii::trim(mail::unfold(raw)));
  return id.size() <= kEnvelopeIdBytes ? id : std::string();
}

// "mx.example.com (192.0.2.1)" -> "mx.example.com".
std::string host_of(std::string text) {
  text.resize(kEndsHost.find_in(text));
  return text;
}

// One code at the beginning of `text`: its length, or 0.
std::size_t status_length(std::string_view text) {
  if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5')) return 0;
  std::size_t at = 1;
  for (int part = 0; part < 2; ++part) {
    if (at >= text.size() || text[at] != '.') return 0;
    const std::size_t begin = ++at;
    while (at < text.size() && ascii::is_digit(text[at]))
      ++at;
    if (at == begin || at - begin > 3) return 0;
  }
  const bool goes_on = at < text.size() &&
                       (ascii::is_alnum(text[at]) ||
                        (text[at] == '.' && at + 1 < text.size() && ascii::is_digit(text[at + 1])));
  return goes_on ? 0 : at;
}

}  // namespace

std::string parse_typed_address(std::string_view raw) {
  auto [type, text] = split_type(raw);
  // Some gateways put the type before an address that has one.
  if (type == "rfc822" && ascii::starts_with_folded(text, "rfc822;")) {
    text = ascii::trim(std::string_view(text).substr(7));
  }
  text.resize(std::min(text.size(), limits::kPathBytes));
  if (type == "utf-8") text = undo_embedded_unicode(text);
  text = undo_xtext(text);
  // A path in brackets, with whatever comment stands behind it.
  if (text.starts_with('<')) {
    const std::size_t end = text.find('>');
    if (end != std::string::npos) text = text.substr(1, end - 1);
  }
  // A source route before it, which RFC 5321 appendix C has left out.
  if (text.starts_with('@')) {
    const std::size_t colon = text.rfind(':');
    if (colon != std::string::npos && text.find('@', colon) != std::string::npos)
      text.erase(0, colon + 1);
  }
  // What is left of brackets of which one is missing.
  if (text.find('<') == std::string::npos && text.ends_with('>')) text.pop_back();
  return text;
}

std::string parse_typed_text(std::string_view raw) {
  std::string text = split_type(raw).second;
  // Folding leaves runs of blanks.
  std::ranges::replace(text, '\t', ' ');
  const auto both_blank = [](char a, char b) { return a == ' ' && b == ' '; };
  text.erase(std::unique(text.begin(), text.end(), both_blank), text.end());
  text.resize(std::min(text.size(), limits::kDiagnosticBytes));
  return text;
}

std::string parse_status(std::string_view raw) {
  const std::string_view text = ascii::trim(raw);
  return std::string(text.substr(0, status_length(text)));
}

namespace {

// What stands before a code says whether it is one: anything with dots may be an address, a host
// or a version.
bool is_code_place(std::string_view before, char status_class) {
  if (before.empty() || before.ends_with('#')) return true;
  const char last = before.back();
  // "550 5.1.1", "550-5.1.1", "550-'5.1.1", "550: 5.1.1".
  std::string_view reply = before;
  while (!reply.empty() && (reply.back() == ' ' || reply.back() == '-' || reply.back() == ':' ||
                            reply.back() == '\'' || reply.back() == '('))
    reply.remove_suffix(1);
  if (reply.size() >= 3 && reply.size() < before.size() && ascii::is_digit(reply.back()) &&
      ascii::is_digit(reply[reply.size() - 2]) && reply[reply.size() - 3] == status_class &&
      (reply.size() == 3 || !ascii::is_alnum(reply[reply.size() - 4]))) {
    return true;
  }
  if (last == '|' || before.ends_with("| ") || before.ends_with("> ")) return true;
  if (last == '(' || last == '[' || last == '<' || last == '\'' || last == '"' || last == ';')
    return true;
  // "Status: 5.1.1", "error code 5.1.1", "said: 5.1.1", "ERROR_CODE :5.1.1", a line of its own.
  const std::string_view words = ascii::trim(before);
  if (words.ends_with(':')) return true;
  constexpr std::array<std::string_view, 9> kBefore{"status", "code",   "error",  "dsn", "smtp",
                                                    "errore", "erreur", "fehler", "erro"};
  return last == ' ' && std::ranges::any_of(kBefore, [words](std::string_view word) {
           return words.size() >= word.size() &&
                  ascii::equals_folded(words.substr(words.size() - word.size()), word);
         });
}

}  // namespace

// The last says it best, except that a code that only says "other" gives way to one that tells.
std::string find_status(std::string_view text) {
  std::string found;
  const auto is_generic = [](std::string_view code) { return code.ends_with(".0.0"); };
  const auto may_begin = [](Lanes x, Lanes next) {
    return ((x == every_lane('4')) | (x == every_lane('5'))) & (next == every_lane('.'));
  };
  for (std::size_t at = 0; (at = find_pair(text, at, may_begin)) != std::string_view::npos; ++at) {
    const std::size_t length = status_length(text.substr(at));
    if (length == 0 || text[at + 2] > '7') continue;
    const std::string_view code = text.substr(at, length);
    // GMX has the code first in its line, before the address.
    const bool before_address =
        text.substr(at + length).starts_with(" <") && at > 0 && ascii::is_space(text[at - 1]);
    if ((before_address || is_code_place(text.substr(0, at), text[at])) &&
        (found.empty() || !is_generic(code))) {
      found = code;
    }
    at += length - 1;
  }
  return found;
}

std::string parse_action(std::string_view raw) {
  const std::string text = ascii::lower(mail::unfold(raw));
  std::size_t end = 0;
  while (end < text.size() && ascii::is_alpha(text[end]))
    ++end;
  const std::string word = text.substr(0, end);
  // OpenSMTPD's bounce.c (action_str) writes "error" where RFC 3464 has "failed".
  if (word == "error") return "failed";
  for (const std::string_view known : {"failed", "delayed", "delivered", "relayed", "expanded"}) {
    if (word == known) return word;
  }
  return "";
}

namespace {

// "rfc822;@a.example,@b.example:user@store".
bool is_routed(std::string_view raw) {
  const std::size_t colon = raw.rfind(':');
  return colon != std::string_view::npos && raw.find('@') < colon;
}

bool has_dotted_domain(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at != std::string_view::npos && address.find('.', at) != std::string_view::npos;
}

}  // namespace

void DeliveryStatus::feed(std::string_view bytes) {
  lines_.feed(bytes, [this](std::string_view line) { on_line(line); });
}

void DeliveryStatus::end_part() {
  lines_.finish([this](std::string_view line) { on_line(line); });
  end_group();
}

void DeliveryStatus::on_line(std::string_view line) {
  if (ascii::trim(line).empty()) {
    end_group();
    return;
  }
  fields_.take(line, [this](const TextField& field) { on_field(field); });
}

void DeliveryStatus::on_field(const TextField& field) {
  const FieldName name = field_name(field.name);
  if (name == FieldName::Unknown) return;
  ++fields_seen_;
  switch (name) {
    case FieldName::ReportingMta:
      if (reporting_mta_.empty()) reporting_mta_ = parse_typed_text(field.raw);
      break;
    case FieldName::EnvelopeId:
      if (envelope_id_.empty()) envelope_id_ = parse_envelope_id(field.raw);
      break;
    case FieldName::FinalRecipient:
      begin_recipient_if(open_has_final_);
      open_.address = parse_typed_address(field.raw);
      open_is_routed_ = is_routed(field.raw);
      open_has_final_ = true;
      break;
    case FieldName::OriginalRecipient:
      begin_recipient_if(open_has_original_);
      open_.original = parse_typed_address(field.raw);
      if (!open_has_final_) open_.address = open_.original;
      open_has_original_ = true;
      break;
    case FieldName::Action:
      if (open_.action.empty()) open_.action = parse_action(field.raw);
      open_is_recipient_ = true;
      break;
    case FieldName::Status:
      if (open_.status.empty()) open_.status = parse_status(mail::unfold(field.raw));
      open_is_recipient_ = true;
      break;
    case FieldName::DiagnosticCode:
      if (open_.diagnostic.empty()) open_.diagnostic = parse_typed_text(field.raw);
      open_is_recipient_ = true;
      break;
    case FieldName::RemoteMta:
      if (open_.remote_mta.empty()) open_.remote_mta = host_of(parse_typed_text(field.raw));
      break;
    case FieldName::ArrivalDate:
      if (!arrival_date_) arrival_date_ = mail::parse_date(field.raw);
      break;
    case FieldName::LastAttemptDate:
      if (!open_.last_attempt) open_.last_attempt = mail::parse_date(field.raw);
      break;
    case FieldName::WillRetryUntil:
      if (!open_.will_retry_until) open_.will_retry_until = mail::parse_date(field.raw);
      break;
    case FieldName::ActualRecipient:
      // Sendmail's name for whom an alias led to; the recipient only where no other field has it.
      if (open_.address.empty()) {
        open_.address = parse_typed_address(field.raw);
        open_is_recipient_ = true;
      }
      break;
    case FieldName::Other:
    case FieldName::Unknown:
      break;
  }
}

// A second field of one kind without an empty line between is the next recipient: some gateways
// leave the empty line out.
void DeliveryStatus::begin_recipient_if(bool has_it) {
  if (has_it) close_recipient();
  open_is_recipient_ = true;
}

void DeliveryStatus::end_group() {
  fields_.flush([this](const TextField& field) { on_field(field); });
  close_recipient();
}

void DeliveryStatus::close_recipient() {
  // A store behind a gateway ("@mx.example.net:user@ims-ms-daemon"), where the sender's is known.
  if (open_is_routed_ && !has_dotted_domain(open_.address) && has_dotted_domain(open_.original))
    open_.address = open_.original;
  if (open_is_recipient_) {
    if (recipients_.size() < limits::kReportRecipients) {
      recipients_.push_back(std::move(open_));
    } else {
      left_out_ = true;
    }
  }
  open_ = RecipientReport{};
  open_has_final_ = open_has_original_ = open_is_recipient_ = open_is_routed_ = false;
}

}  // namespace backstop::reading
