#include "core/mail/address.h"

#include <idn2.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/limits.h"
#include "core/mail/utf8.h"

namespace backstop::mail {
namespace {

struct FreeDeleter {
  void operator()(void* memory) const { std::free(memory); }  // Both libraries use malloc.
};
using OwnedBytes = std::unique_ptr<std::uint8_t, FreeDeleter>;

// RFC 5322 §3.2.3 atext; RFC 6531 §3.3 adds everything beyond ASCII.
constexpr CharSet kAsciiAtext(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~");
bool is_atext(char c) {
  return kAsciiAtext.has(c) || static_cast<unsigned char>(c) >= 0x80;
}

bool is_dot_string(std::string_view local) {
  if (local.empty() || local.front() == '.' || local.back() == '.') return false;
  if (local.find("..") != std::string_view::npos) return false;
  return std::all_of(local.begin(), local.end(), [](char c) { return c == '.' || is_atext(c); });
}

// NFC, lower case, NFC again (lower-casing can undo it).  Empty for text that is not UTF-8.
std::string lower_unicode(std::string_view text) {
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  if (u8_check(bytes, text.size())) return {};  // The library would put U+FFFD in its place.
  std::size_t composed_bytes = 0;
  const OwnedBytes composed(
      u8_normalize(UNINORM_NFC, bytes, text.size(), nullptr, &composed_bytes));
  if (!composed) return {};
  std::size_t lowered_bytes = 0;
  // No language: Turkish dotless i and the like must not depend on who runs us.
  const OwnedBytes lowered(
      u8_tolower(composed.get(), composed_bytes, nullptr, UNINORM_NFC, nullptr, &lowered_bytes));
  if (!lowered) return {};
  // SAFETY: as above.
  return {reinterpret_cast<const char*>(lowered.get()), lowered_bytes};
}

tl::unexpected<Error> invalid(std::string detail) {
  return fail(Errc::Invalid, "", std::move(detail));
}

// A path without brackets, cut in its two halves; the local part still quoted.
struct Halves {
  std::string_view local;
  std::string_view domain;
  bool has_domain = false;
};

// All that says more of an address than a character of a name: controls too.
constexpr CharSet kTelling(
    std::string_view("\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15"
                     "\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f\\\"@<>",
                     38));

// Splits at the last '@' outside quotes.
Result<Halves> split_at_domain(std::string_view text) {
  bool quoted = false;
  std::size_t at = std::string_view::npos;
  for (std::size_t i = 0; (i = kTelling.find_in(text, i)) < text.size(); ++i) {
    const char c = text[i];
    if (ascii::is_control(c)) return invalid("An address holds no control characters.");
    if (c == '\\') {
      if (++i == text.size()) return invalid("The address ends in a backslash.");
      if (ascii::is_control(text[i])) return invalid("An address holds no control characters.");
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '@' && !quoted) {
      at = i;
    } else if ((c == '<' || c == '>') && !quoted) {
      return invalid("An angle bracket stands inside the address.");
    }
  }
  if (quoted) return invalid("A quoted local part is not closed.");
  if (at == std::string_view::npos) return Halves{text, {}, false};
  return Halves{text.substr(0, at), text.substr(at + 1), true};
}

// RFC 5321 §4.1.2: quoted-pairs and quotes are spelling, not part of the name.
std::string unquote(std::string_view local) {
  std::string name;
  name.reserve(local.size());
  for (std::size_t i = 0; i < local.size(); ++i) {
    if (local[i] == '"') continue;
    if (local[i] == '\\') ++i;
    name.push_back(local[i]);
  }
  return name;
}

constexpr CharSet kNoLiteral(" \"\\@[,;()");
constexpr CharSet kNoDomain(" \"\\,:;()[]");

Result<std::string> parse_domain(std::string_view text) {
  if (text.starts_with('[')) {
    const bool closed = text.size() > 2 && text.find(']') == text.size() - 1;
    if (!closed || kNoLiteral.any_in(text.substr(1)))
      return invalid("The address literal is not of the form [192.0.2.1] or [IPv6:2001:db8::1].");
    return std::string(text);
  }
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.starts_with('.') || text.ends_with('.') ||
      text.find("..") != std::string_view::npos)
    return invalid("The domain holds an empty label.");
  if (kNoDomain.any_in(text))
    return invalid("The domain holds a character that no domain can hold.");
  return std::string(text);
}

// RFC 5321 §4.1.1.3: "@relay.example,@other.example:user@example.com" means the part after the
// colon.
Result<std::string_view> drop_source_route(std::string_view text) {
  if (!text.starts_with('@')) return text;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size())
    return invalid("A source route is not followed by a mailbox.");
  if (text.substr(0, colon).find('"') != std::string_view::npos)
    return invalid("A source route holds domains only.");
  return text.substr(colon + 1);
}

}  // namespace

std::string Address::text() const {
  if (is_null()) return {};
  std::string text;
  text.reserve(local.size() + domain.size() + 3);
  if (is_dot_string(local)) {
    text = local;
  } else {
    text.push_back('"');
    for (const char c : local) {
      if (c == '"' || c == '\\') text.push_back('\\');
      text.push_back(c);
    }
    text.push_back('"');
  }
  if (!domain.empty()) text.append("@").append(domain);
  return text;
}

Result<Address> parse_path(std::string_view text) {
  if (text.size() > limits::kPathBytes)
    return fail(Errc::Limit, "", "The address is longer than any mail system accepts.");
  text = ascii::trim(text);
  if (text.starts_with('<')) {
    if (text.size() < 2 || !text.ends_with('>')) return invalid("An angle bracket is not closed.");
    text = ascii::trim(text.substr(1, text.size() - 2));
  }
  if (text.empty()) return Address{};
  BS_TRY(const std::string_view mailbox, drop_source_route(text));
  BS_TRY(const Halves halves, split_at_domain(mailbox));
  if (halves.local.empty()) return invalid("The local part is empty.");
  Address address{unquote(halves.local), {}};
  if (halves.has_domain) {
    BS_TRY(address.domain, parse_domain(halves.domain));
  } else if (address.local.empty()) {
    return invalid("The address is an empty pair of quotes.");  // Never taken for the null sender.
  }
  return address;
}

std::string canonical_domain(std::string_view domain) {
  while (domain.ends_with('.'))
    domain.remove_suffix(1);
  std::string lowered = ascii::lower(domain);
  // ASCII needs no more: lower case also normalises A-labels (RFC 5890 §2.3.2.1).
  if (is_ascii(lowered) || lowered.size() > limits::kPathBytes ||
      lowered.find('\0') != std::string::npos)
    return lowered;
  // SAFETY: char and uint8_t have the same size and alignment; c_str() ends in NUL.
  const auto* labels = reinterpret_cast<const std::uint8_t*>(lowered.c_str());
  std::uint8_t* ascii_labels = nullptr;
  const int rc = idn2_lookup_u8(labels, &ascii_labels, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const OwnedBytes owned(ascii_labels);
  if (rc != IDN2_OK) return lowered;
  std::string a_labels =
      ascii::lower(reinterpret_cast<const char*>(owned.get()));  // SAFETY: as above.
  // UTS 46 maps the ideographic full stop to '.', at the end as well.
  while (a_labels.ends_with('.'))
    a_labels.pop_back();
  return a_labels.empty() ? lowered : a_labels;
}

std::string canonical(const Address& address) {
  if (address.is_null()) return {};
  std::string spelling;
  if (!is_ascii(address.local)) spelling = lower_unicode(address.local);
  if (spelling.empty()) spelling = ascii::lower(address.local);
  spelling.push_back('@');
  spelling += canonical_domain(address.domain);
  return spelling;
}

}  // namespace backstop::mail
