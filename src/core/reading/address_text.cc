#include "core/reading/address_text.h"

#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/find_byte.h"
#include "core/base/limits.h"

namespace backstop::reading {
namespace {

// RFC 5322 §3.2.3 atext and the dot.
constexpr CharSet kLocal(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_{|}~.");
constexpr CharSet kDomain("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");
constexpr CharSet kEndsBracketed(" \t>");

bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

// Prefixes that stand before an address without a space.
constexpr std::array<std::string_view, 6> kPrefixes{
    "smtp=", "rfc822=", "addr=", "email=", "rcpt=", "to="};

std::size_t begin_of_local(std::string_view line, std::size_t at, std::size_t from) {
  // No local part is longer than a path.
  from = std::max(from, at - std::min(at, limits::kPathBytes));
  if (at > from && line[at - 1] == '"') {
    const std::size_t open = line.substr(from, at - 1 - from).rfind('"');
    return open == std::string_view::npos ? at : from + open;
  }
  // Letters of other scripts only behind a bracket: in the text of those scripts no space divides.
  const std::string_view near = line.substr(from, at - from);
  const std::size_t bracket = near.rfind('<');
  const bool bracketed =
      bracket != std::string_view::npos && !kEndsBracketed.any_in(near.substr(bracket));
  std::size_t begin = at;
  while (begin > from &&
         (kLocal.has(line[begin - 1]) || (bracketed && is_beyond_ascii(line[begin - 1]))))
    --begin;
  return begin;
}

std::size_t end_of_domain(std::string_view line, std::size_t at, bool bracketed) {
  std::size_t end = at + 1;
  if (end < line.size() && line[end] == '[') {
    const std::size_t close = line.find(']', end);
    return close == std::string_view::npos ? end : close + 1;
  }
  while (end < line.size() && (kDomain.has(line[end]) || (bracketed && is_beyond_ascii(line[end]))))
    ++end;
  while (end > at + 1 && (line[end - 1] == '.' || line[end - 1] == '-' || line[end - 1] == '_'))
    --end;
  return end;
}

bool is_whole_domain(std::string_view domain, bool dotless) {
  if (domain.empty() || domain.size() > 255 || domain.front() == '.') return false;
  if (domain.front() == '[') return domain.size() > 3;
  if (domain.find("..") != std::string_view::npos) return false;
  return dotless || domain.find('.') != std::string_view::npos;
}

// "https://host/path?to=" before it, without a space: a link to anything.
bool stands_in_link(std::string_view before) {
  before = before.substr(before.size() - std::min(before.size(), limits::kPathBytes));
  const std::size_t space = before.find_last_of(" \t<>\"");
  if (space != std::string_view::npos) before.remove_prefix(space + 1);
  return ascii::find_folded(before, "http://") != std::string_view::npos ||
         ascii::find_folded(before, "https://") != std::string_view::npos;
}

}  // namespace

std::optional<AddressSpan> find_address(std::string_view line, std::size_t from) {
  std::size_t at = from <= line.size() ? find_byte(line, '@', from) : std::string_view::npos;
  for (; at != std::string_view::npos; at = find_byte(line, '@', at + 1)) {
    std::size_t begin = begin_of_local(line, at, from);
    const bool bracketed =
        begin > 0 && (line[begin - 1] == '<' || line[begin - 1] == '"' || line[begin - 1] == '\'');
    const std::size_t end = end_of_domain(line, at, bracketed);
    // All of them end so.
    const bool may_have_prefix = find_byte(line.substr(begin, at - begin), '=') != line.npos;
    for (const std::string_view prefix : kPrefixes) {
      if (may_have_prefix && ascii::starts_with_folded(line.substr(begin, at - begin), prefix))
        begin += prefix.size();
    }
    // Quotation marks and slashes of the text around.
    while (begin < at &&
           (line[begin] == '\'' || line[begin] == '*' || line[begin] == '/' || line[begin] == '.'))
      ++begin;
    if (stands_in_link(line.substr(0, begin))) continue;
    const bool alone = ascii::trim(line).size() == end - begin;
    if (begin == at || end - begin > limits::kPathBytes ||
        !is_whole_domain(line.substr(at + 1, end - at - 1), bracketed || alone)) {
      continue;
    }
    AddressSpan span{
        .address = std::string(line.substr(begin, end - begin)), .begin = begin, .end = end};
    return span;
  }
  return std::nullopt;
}

bool is_role_address(std::string_view lower) {
  const std::string_view local = lower.substr(0, lower.find('@'));
  constexpr std::array<std::string_view, 16> kRoles{
      "postmaster", "abuse",      "mailer-daemon", "noreply",   "no-reply", "support",
      "helpdesk",   "help",       "hostmaster",    "webmaster", "admin",    "administrator",
      "nobody",     "mail-abuse", "root",          "donotreply"};
  return std::ranges::find(kRoles, local) != kRoles.end();
}

bool looks_like_message_id(std::string_view lower) {
  const std::string_view local = lower.substr(0, lower.find('@'));
  if (local.size() < 12) return false;
  std::size_t digits = 0;
  std::size_t separators = 0;
  for (const char c : local) {
    digits += ascii::is_digit(c) ? 1 : 0;
    separators += c == '.' || c == '-' || c == '$' ? 1 : 0;
  }
  return digits * 2 > local.size() && (separators > 0 || digits + 4 < local.size()) &&
         digits < local.size() && local.find('=') == std::string_view::npos;
}

}  // namespace backstop::reading
