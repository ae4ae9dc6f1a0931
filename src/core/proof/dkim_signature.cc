#include "core/proof/dkim_signature.h"

#include <algorithm>
#include <chrono>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/base64.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "core/proof/dkim_tags.h"

namespace backstop::proof {
namespace {

constexpr std::string_view kField = "dkim-signature";

// A domain or selector: labels of letters, digits, '-' and '_' with dots between.
bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > limits::kDkimNameBytes) return false;
  char before = '.';
  for (const char c : name) {
    if (c == '.' ? before == '.' : !ascii::is_alnum(c) && c != '-' && c != '_') return false;
    before = c;
  }
  return before != '.';
}

// RFC 6376 §3.5: at most 12 digits; "0" is a time too.
std::optional<Instant> parse_seconds(std::string_view text) {
  if (text.empty() || text.size() > 12) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char c : text) {
    if (!ascii::is_digit(c)) return std::nullopt;
    seconds = seconds * 10 + (c - '0');
  }
  return Instant(Seconds(seconds));
}

// "simple", "relaxed/simple": the header's stands first.
std::optional<bool> parse_is_simple(std::string_view text) {
  if (text.empty()) return true;
  const std::string value = ascii::lower(text);
  const std::string_view header = std::string_view(value).substr(0, value.find('/'));
  const std::string_view body =
      header.size() < value.size() ? std::string_view(value).substr(header.size() + 1) : "simple";
  if (body != "simple" && body != "relaxed") return std::nullopt;
  if (header == "simple") return true;
  return header == "relaxed" ? std::optional(false) : std::nullopt;
}

std::optional<DkimAlgorithm> parse_algorithm(std::string_view text) {
  if (ascii::equals_folded(text, "rsa-sha256")) return DkimAlgorithm::RsaSha256;
  if (ascii::equals_folded(text, "ed25519-sha256")) return DkimAlgorithm::Ed25519Sha256;
  return std::nullopt;
}

// Lower case, in order.  Nothing without From, with an empty name, or past the limit.
std::optional<std::vector<std::string>> parse_names(std::string_view list) {
  std::vector<std::string> names;
  bool signs_from = false;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(':'), list.size());
    const std::string_view name = ascii::trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (name.empty() || names.size() == limits::kDkimSignedNames) return std::nullopt;
    names.push_back(ascii::lower(name));
    signs_from = signs_from || names.back() == "from";
  }
  if (!signs_from) return std::nullopt;
  return names;
}

// RFC 6376 §3.5: the domain of i= is d= or below it.
bool speaks_for(std::string_view domain, std::string_view identity) {
  if (identity.empty()) return true;
  const std::size_t at = identity.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::string_view of = identity.substr(at + 1);
  if (of.size() < domain.size()) return false;
  const std::size_t above = of.size() - domain.size();
  return ascii::equals_folded(of.substr(above), domain) && (above == 0 || of[above - 1] == '.');
}

void append_lower(std::string& out, std::string_view text) {
  for (const char c : text)
    out += ascii::to_lower(c);
}

// Of "\n", "\r\n", "\r\r\n": how many bytes at `at` are a line end; 0 when none is there.
std::size_t line_end_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && text[end] == '\r')
    ++end;
  return end < text.size() && text[end] == '\n' ? end + 1 - at : 0;
}

// RFC 6376 §3.4.1; with CRLF for whatever ends a line here.
void append_simple(std::string& out, std::string_view raw) {
  for (std::size_t at = 0; at < raw.size();) {
    if (const std::size_t end = line_end_at(raw, at); end > 0) {
      out += "\r\n";
      at += end;
    } else {
      out += raw[at++];
    }
  }
}

// RFC 6376 §3.4.2: unfolded, white space between words one blank, none at the ends.
void append_relaxed(std::string& out, std::string_view raw) {
  const std::size_t begin = out.size();
  bool blank = false;
  for (std::size_t at = 0; at < raw.size();) {
    if (const std::size_t end = line_end_at(raw, at); end > 0) {
      at += end;
      continue;
    }
    const char c = raw[at++];
    if (ascii::is_blank(c)) {
      blank = true;
      continue;
    }
    if (blank && out.size() > begin) out += ' ';
    blank = false;
    out += c;
  }
}

void append_field(std::string& out, const DkimSignature& signature, const mail::RawField& field,
                  std::string_view raw) {
  if (signature.simple) {
    out += field.name;
    out += ':';
    append_simple(out, raw);
  } else {
    append_lower(out, field.name);
    out += ':';
    append_relaxed(out, raw);
  }
}

}  // namespace

std::optional<DkimSignature> parse_dkim_signature(std::string_view raw) {
  const auto tags = DkimTags::parse(raw);
  if (!tags || tags->value("v") != "1") return std::nullopt;
  const DkimTag* value = tags->find("b");
  const DkimTag* body_hash = tags->find("bh");
  const auto algorithm = parse_algorithm(tags->value("a"));
  const auto simple = parse_is_simple(tags->value("c"));
  if (value == nullptr || body_hash == nullptr || !algorithm || !simple) return std::nullopt;
  const std::string_view query = tags->value("q");
  if (!query.empty() && !lists_item(query, "dns/txt")) return std::nullopt;

  DkimSignature out;
  out.algorithm = *algorithm;
  out.simple = *simple;
  out.domain = ascii::lower(without_folding(tags->value("d")));
  out.selector = ascii::lower(without_folding(tags->value("s")));
  if (!is_dns_name(out.domain) || !is_dns_name(out.selector)) return std::nullopt;
  if (!speaks_for(out.domain, without_folding(tags->value("i")))) return std::nullopt;
  auto names = parse_names(tags->value("h"));
  auto bytes = decode_base64(value->value);
  const auto body_bytes = decode_base64(body_hash->value);
  if (!names || !bytes || bytes->empty() || !body_bytes || body_bytes->empty()) return std::nullopt;
  if (tags->find("t") != nullptr) {
    out.signed_at = parse_seconds(tags->value("t"));
    if (!out.signed_at) return std::nullopt;
  }
  out.signed_names = *std::move(names);
  out.value = *std::move(bytes);
  out.value_begin = value->begin;
  out.value_end = value->end;
  return out;
}

DkimHeader::DkimHeader(const mail::RawHeader& header) : header_(header) {
  by_name_.reserve(header.size());
  for (std::size_t i = 0; i < header.size(); ++i)
    by_name_.emplace_back(ascii::lower(header.field(i).name), i);
  std::ranges::sort(by_name_, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  });
}

// RFC 6376 §5.4.2: a name that stands in h= once more takes the next field above; a field that is
// not there adds nothing.
std::vector<std::size_t> DkimHeader::signed_fields(const DkimSignature& signature,
                                                   std::size_t index) const {
  std::vector<std::size_t> fields;
  // How many fields of a name are taken, by where the name begins in by_name_.
  std::vector<std::uint16_t> taken(by_name_.size(), 0);
  static_assert(limits::kDkimSignedNames + 1 < 0xffff);
  for (const std::string& name : signature.signed_names) {
    const auto first =
        std::ranges::lower_bound(by_name_, name, {}, &std::pair<std::string, std::size_t>::first);
    if (first == by_name_.end() || first->first != name) continue;
    const auto begin = static_cast<std::size_t>(first - by_name_.begin());
    std::size_t at = begin + taken[begin];
    // The signature itself is no field that it can name (§5.4).
    if (name == kField && at < by_name_.size() && by_name_[at].second == index) {
      ++taken[begin];
      ++at;
    }
    if (at >= by_name_.size() || by_name_[at].first != name) continue;
    ++taken[begin];
    fields.push_back(by_name_[at].second);
  }
  return fields;
}

std::string DkimHeader::canonical_text(const DkimSignature& signature, std::size_t index) const {
  std::string out;
  for (const std::size_t i : signed_fields(signature, index)) {
    const mail::RawField field = header_.field(i);
    append_field(out, signature, field, field.raw);
    out += "\r\n";
  }
  const mail::RawField own = header_.field(index);
  BS_ASSERT(signature.value_end <= own.raw.size());
  std::string without_value(own.raw.substr(0, signature.value_begin));
  without_value += own.raw.substr(signature.value_end);
  append_field(out, signature, own, without_value);
  return out;
}

std::optional<Instant> DkimHeader::time_of(const DkimSignature& signature,
                                           std::size_t index) const {
  if (signature.signed_at) return signature.signed_at;
  for (const std::size_t i : signed_fields(signature, index)) {
    const mail::RawField field = header_.field(i);
    if (ascii::equals_folded(field.name, "Date")) return mail::parse_date(field.raw);
  }
  return std::nullopt;
}

bool verify_dkim_text(const DkimSignature& signature, std::string_view canonical_text,
                      const crypto::PublicKey& key) {
  const auto wanted = signature.algorithm == DkimAlgorithm::RsaSha256
                          ? crypto::PublicKey::Kind::Rsa
                          : crypto::PublicKey::Kind::Ed25519;
  return key.kind() == wanted && key.verify(crypto::sha256(canonical_text), signature.value);
}

}  // namespace backstop::proof
