// The public keys that signatures of ours are held against: by domain and selector, those retired
// as well as those in use.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/crypto/public_key.h"

namespace backstop::proof {

// The key of a record as DNS has it (RFC 6376 §3.6.1, RFC 8463 §4): "v=DKIM1; k=rsa; p=...".
// What a record says of testing, of services and of how strictly others should read it is not
// looked at.  Errors: Errc::NotFound for a key that was revoked (an empty p=); Errc::Invalid;
// Errc::Unsupported, also for a record that allows other hashes than SHA-256 only.
Result<crypto::PublicKey> parse_dkim_record(std::string_view text);

// The key of a file: PEM with a public or private key, a record, or a record as zone files have it,
// in quoted strings ("mail._domainkey IN TXT ( "v=DKIM1; ..." "..." )").  Errors: as above.
Result<crypto::PublicKey> parse_dkim_key_file(std::string_view text);

// A value.  Domains and selectors in any case.
class DkimKeys {
 public:
  // False when there is no room: limits::kDkimKeysPerSelector, limits::kDkimKeys.  A key that is
  // there already is not added again.
  bool add(std::string_view domain, std::string_view selector, crypto::PublicKey key);

  // Empty when none is known.  Valid until the next add().
  const std::vector<crypto::PublicKey>& find(std::string_view domain,
                                             std::string_view selector) const;
  std::size_t size() const { return size_; }
  // "selector._domainkey.domain" of each, in order.
  std::vector<std::string> names() const;

 private:
  std::map<std::pair<std::string, std::string>, std::vector<crypto::PublicKey>> keys_;
  std::size_t size_ = 0;
};

}  // namespace backstop::proof
