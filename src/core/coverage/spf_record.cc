#include "core/coverage/spf_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/coverage_limits.h"
#include "core/base/escape.h"
#include "core/coverage/networks.h"

namespace backstop::coverage {
namespace {

constexpr std::string_view kVersion = "v=spf1";

struct Name {
  std::string_view text;
  SpfMechanism mechanism;
};
constexpr auto kNames = std::to_array<Name>({{"all", SpfMechanism::All},
                                             {"include", SpfMechanism::Include},
                                             {"a", SpfMechanism::A},
                                             {"mx", SpfMechanism::Mx},
                                             {"ptr", SpfMechanism::Ptr},
                                             {"ip4", SpfMechanism::Ip4},
                                             {"ip6", SpfMechanism::Ip6},
                                             {"exists", SpfMechanism::Exists}});

// A whole number of at most three digits; nothing else.
std::optional<unsigned> parse_bits(std::string_view text, unsigned most) {
  unsigned out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || text.empty() || text.size() > 3 || out > most) return std::nullopt;
  return out;
}

// What stands behind the mechanism's name.
struct Argument {
  std::string_view domain;
  std::optional<std::string_view> v4_bits;
  std::optional<std::string_view> v6_bits;
};

// ":domain/24//64" (§5.3).  A macro may hold a '/', as a delimiter of its own, within its braces.
Argument split_argument(std::string_view text) {
  Argument out;
  std::size_t slash = std::string_view::npos;
  bool in_macro = false;
  for (std::size_t i = 0; i < text.size() && slash == std::string_view::npos; ++i) {
    if (text[i] == '{') in_macro = true;
    if (text[i] == '}') in_macro = false;
    if (text[i] == '/' && !in_macro) slash = i;
  }
  out.domain = text.substr(0, slash);
  if (slash == std::string_view::npos) return out;
  std::string_view bits = text.substr(slash);
  if (const auto two = bits.find("//"); two != std::string_view::npos) {
    out.v6_bits = bits.substr(two + 2);
    bits = bits.substr(0, two);
  }
  if (!bits.empty()) out.v4_bits = bits.substr(1);
  return out;
}

bool read_network(std::string_view text, IpAddress::Family family, SpfTerm& term) {
  const auto slash = text.find('/');
  const std::string_view digits = text.substr(0, slash);
  // IpAddress::parse takes the forms of SMTP too, in brackets or behind "IPv6:".
  if (digits.empty() || digits.find_first_not_of("0123456789abcdef.:") != std::string_view::npos)
    return false;
  const auto address = IpAddress::parse(digits);
  const unsigned most = family == IpAddress::Family::V4 ? 32 : 128;
  const auto bits = slash == std::string_view::npos ? std::optional(most)
                                                    : parse_bits(text.substr(slash + 1), most);
  // An IPv4 address in the form of IPv6 is read as IPv4, but stands behind "ip6:".
  const bool mapped = address && family == IpAddress::Family::V6 &&
                      address->family() == IpAddress::Family::V4 &&
                      digits.find(':') != std::string_view::npos;
  if (!address || !bits || (address->family() != family && !mapped)) return false;
  if (mapped && *bits < 96) return false;
  term.network = network_around(*address, mapped ? *bits - 96 : *bits);
  return true;
}

// False for what no mechanism may look like.
bool read_argument(std::string_view text, SpfTerm& term) {
  const bool has_domain = text.starts_with(':');
  switch (term.mechanism) {
    case SpfMechanism::All:
      return text.empty();
    case SpfMechanism::Ip4:
      return has_domain && read_network(text.substr(1), IpAddress::Family::V4, term);
    case SpfMechanism::Ip6:
      return has_domain && read_network(text.substr(1), IpAddress::Family::V6, term);
    case SpfMechanism::Include:
    case SpfMechanism::Exists:
      term.domain = text.substr(std::min<std::size_t>(1, text.size()));
      return has_domain && !term.domain.empty();
    case SpfMechanism::Ptr:
      term.domain = text.substr(std::min<std::size_t>(1, text.size()));
      return text.empty() || (has_domain && !term.domain.empty());
    case SpfMechanism::A:
    case SpfMechanism::Mx:
      break;
  }
  if (!text.empty() && !has_domain && text.front() != '/') return false;
  const Argument argument = split_argument(has_domain ? text.substr(1) : text);
  if (has_domain && argument.domain.empty()) return false;
  term.domain = argument.domain;
  const auto v4 = argument.v4_bits ? parse_bits(*argument.v4_bits, 32) : std::optional(32U);
  const auto v6 = argument.v6_bits ? parse_bits(*argument.v6_bits, 128) : std::optional(128U);
  if (!v4 || !v6) return false;
  term.v4_bits = *v4;
  term.v6_bits = *v6;
  return true;
}

std::optional<SpfTerm> parse_term(std::string_view text) {
  SpfTerm term;
  if (std::string_view("+-~?").find(text.front()) != std::string_view::npos) {
    term.qualifier = text.front();
    text.remove_prefix(1);
  }
  term.text = term.qualifier == '+' ? std::string(text) : term.qualifier + std::string(text);
  const auto end = text.find_first_of(":/");
  const std::string_view name = text.substr(0, end);
  const auto found = std::ranges::find(kNames, name, &Name::text);
  if (found == kNames.end()) return std::nullopt;
  term.mechanism = found->mechanism;
  const auto rest = end == std::string_view::npos ? std::string_view() : text.substr(end);
  if (!read_argument(rest, term)) return std::nullopt;
  return term;
}

// "name=value" (§4.6.1): a letter, then letters, digits, '-', '_' and '.'.
bool is_modifier(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || !ascii::is_alpha(text.front()))
    return false;
  return std::ranges::all_of(text.substr(0, equals), [](char c) {
    return ascii::is_alnum(c) || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

bool is_spf_record(std::string_view text) {
  return ascii::starts_with_folded(text, kVersion) &&
         (text.size() == kVersion.size() || text[kVersion.size()] == ' ');
}

bool has_spf_macros(std::string_view domain) {
  return domain.find('%') != std::string_view::npos;
}

SpfRecord parse_spf_record(std::string_view text) {
  SpfRecord out;
  if (text.size() > limits::kSpfRecordBytes) {
    out.fault = fmt::format("it is longer than {} bytes", limits::kSpfRecordBytes);
    return out;
  }
  const std::string lower = ascii::lower(text.substr(std::min(text.size(), kVersion.size())));
  std::string_view rest = lower;
  bool redirected = false;
  while (!rest.empty()) {
    const auto end = rest.find(' ');
    const std::string_view word = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (word.empty()) continue;
    if (is_modifier(word)) {
      if (!word.starts_with("redirect=")) continue;  // Others are passed over (§6).
      out.redirect = word.substr(word.find('=') + 1);
      if (!out.redirect.empty() && !std::exchange(redirected, true)) continue;
      out.fault = "redirect= is there twice, or names nothing";
      return out;
    }
    auto term = parse_term(word);
    if (!term) {
      out.fault = fmt::format("\"{}\" is no term of SPF", escape_terminal(word));
      return out;
    }
    if (out.terms.size() >= limits::kSpfTerms) {
      out.fault = fmt::format("it has more than {} terms", limits::kSpfTerms);
      return out;
    }
    out.terms.push_back(*std::move(term));
  }
  return out;
}

}  // namespace backstop::coverage
