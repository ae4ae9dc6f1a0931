#include "core/proof/dkim_key.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/base64.h"
#include "core/base/limits.h"
#include "core/proof/dkim_tags.h"

namespace backstop::proof {
namespace {

// The strings in quotes, joined (RFC 1035 §5.1); "" when there are none.  A ';' outside of quotes
// begins a comment, to the end of its line.
std::string join_quoted(std::string_view text) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      quoted = !quoted;
    } else if (quoted && c == '\\' && i + 1 < text.size()) {
      out += text[++i];
    } else if (quoted) {
      out += c;
    } else if (c == ';') {
      i = std::min(text.find('\n', i), text.size());
    }
  }
  return out;
}

}  // namespace

Result<crypto::PublicKey> parse_dkim_record(std::string_view text) {
  if (text.size() > limits::kDkimKeyBytes) return fail(Errc::Limit, "", "is too long for a key");
  const auto tags = DkimTags::parse(text);
  if (!tags) return fail(Errc::Invalid, "", "is no DKIM key record");
  if (const DkimTag* version = tags->find("v");
      version != nullptr && (version != tags->first() || version->value != "DKIM1"))
    return fail(Errc::Invalid, "", "is a record of another version than DKIM1");
  const DkimTag* key = tags->find("p");
  if (key == nullptr) return fail(Errc::Invalid, "", "is a record without a key (p=)");
  if (key->value.empty()) return fail(Errc::NotFound, "", "is the record of a revoked key");
  if (tags->find("h") != nullptr && !lists_item(tags->value("h"), "sha256"))
    return fail(Errc::Unsupported, "", "allows other hashes than SHA-256 only");
  const auto bytes = decode_base64(key->value);
  if (!bytes) return fail(Errc::Invalid, "", "holds a key (p=) that is no base64");
  const std::string_view type = tags->value("k");
  if (type.empty() || ascii::equals_folded(type, "rsa")) {
    auto out = crypto::PublicKey::from_der(*bytes);
    if (out && out->kind() != crypto::PublicKey::Kind::Rsa)
      return fail(Errc::Invalid, "", "holds a key of another kind than it says (k=)");
    return out;
  }
  if (ascii::equals_folded(type, "ed25519")) return crypto::PublicKey::from_ed25519(*bytes);
  return fail(Errc::Unsupported, "", "is of a kind of key (k=) that is not known");
}

Result<crypto::PublicKey> parse_dkim_key_file(std::string_view text) {
  if (text.size() > limits::kDkimKeyBytes) return fail(Errc::Limit, "", "is too long for a key");
  if (text.find("-----BEGIN ") != std::string_view::npos) return crypto::PublicKey::from_pem(text);
  if (text.find('"') != std::string_view::npos) return parse_dkim_record(join_quoted(text));
  return parse_dkim_record(ascii::trim(text));
}

bool DkimKeys::add(std::string_view domain, std::string_view selector, crypto::PublicKey key) {
  auto& list = keys_[{ascii::lower(domain), ascii::lower(selector)}];
  if (std::ranges::any_of(list, [&](const auto& known) { return known.same_as(key); })) return true;
  if (list.size() == limits::kDkimKeysPerSelector || size_ == limits::kDkimKeys) return false;
  list.push_back(std::move(key));
  ++size_;
  return true;
}

const std::vector<crypto::PublicKey>& DkimKeys::find(std::string_view domain,
                                                     std::string_view selector) const {
  static const std::vector<crypto::PublicKey> kNone;
  const auto found = keys_.find({ascii::lower(domain), ascii::lower(selector)});
  return found == keys_.end() ? kNone : found->second;
}

std::vector<std::string> DkimKeys::names() const {
  std::vector<std::string> out;
  for (const auto& [name, keys] : keys_) {
    if (!keys.empty()) out.push_back(fmt::format("{}._domainkey.{}", name.second, name.first));
  }
  return out;
}

}  // namespace backstop::proof
