#include "edge/mta/line_request.h"

#include <algorithm>
#include <charconv>

#include "core/base/ip.h"
#include "core/mail/transfer_decoder.h"

namespace backstop::mta {
namespace {

std::optional<std::uint32_t> parse_day(std::string_view text) {
  std::uint32_t day = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, day);
  if (text.empty() || error != std::errc{} || rest != end) return std::nullopt;
  return day;
}

// Takes the last word off, with the blank before it; "" when there is but one.
std::string_view take_last_word(std::string_view& text) {
  const auto blank = text.rfind(' ');
  if (blank == std::string_view::npos) return {};
  const std::string_view word = text.substr(blank + 1);
  text = text.substr(0, blank);
  return word;
}

VerifyTag parse_verify(std::string_view rest) {
  std::string_view before = rest;
  const std::string_view last = take_last_word(before);
  if (!IpAddress::parse(last)) return {.address = std::string(rest), .client = ""};
  return {.address = std::string(before), .client = std::string(last)};
}

// An address may hold blanks, so what stands behind it is found from the end.
SignTag parse_sign(std::string_view rest) {
  std::string_view before = rest;
  const std::string_view last = take_last_word(before);
  if (const auto day = parse_day(last)) {
    return {.address = std::string(before), .day = day, .recipient_domain = ""};
  }
  std::string_view first = before;
  if (const auto day = parse_day(take_last_word(first))) {
    return {.address = std::string(first), .day = day, .recipient_domain = std::string(last)};
  }
  return {.address = std::string(rest), .day = std::nullopt, .recipient_domain = ""};
}

std::string* find_place(MakeToken& token, std::string_view name) {
  if (name == "id") return &token.queue_id;
  if (name == "host") return &token.client;
  if (name == "server") return &token.server;
  if (name == "user") return &token.authenticated;
  if (name == "from") return &token.sender;
  if (name == "to") return &token.recipients;
  if (name == "head") return &token.header;
  return nullptr;
}

Result<LineRequest> parse_token(std::string_view rest) {
  MakeToken token;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    const auto equals = word.find('=');
    if (equals == std::string_view::npos)
      return fail(Errc::Invalid, "token", "wants words of the form name=BASE64");
    std::string* const place = find_place(token, word.substr(0, equals));
    if (place == nullptr) return fail(Errc::Invalid, "token", "does not know that name");
    *place = mail::decode_base64_text(word.substr(equals + 1));
  }
  return token;
}

}  // namespace

Result<LineRequest> parse_line_request(std::string_view line) {
  const auto blank = line.find(' ');
  const std::string_view word = line.substr(0, blank);
  const std::string_view rest = blank == std::string_view::npos ? "" : line.substr(blank + 1);
  if (word == "token") return parse_token(rest);
  if (rest.empty()) return fail(Errc::Invalid, "", "wants a request and an address");
  if (word == "verify") return parse_verify(rest);
  if (word == "unsign") return UnsignTag{.address = std::string(rest)};
  if (word == "sign") return parse_sign(rest);
  return fail(Errc::Invalid, "", "does not know that request");
}

}  // namespace backstop::mta
