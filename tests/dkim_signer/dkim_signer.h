// Signs headers with keys of its own, for tests of what reads signatures.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/crypto/public_key.h"
#include "core/mail/raw_header.h"

namespace backstop::testing {

using Fields = std::vector<std::pair<std::string, std::string>>;

mail::RawHeader raw_header(const Fields& fields);

class DkimSigner {
 public:
  struct Options {
    std::string domain = "example.com";
    std::string selector = "s1";
    std::string names = "from:to:subject:date:message-id:from";
    std::string canonicalization = "relaxed/relaxed";
    std::optional<std::int64_t> time = {};  // t=
    std::string more = {};                  // Tags that stand before b=, each with its ';'.
  };

  static DkimSigner rsa(unsigned bits = 2048);
  static DkimSigner ed25519();

  crypto::PublicKey key() const;
  std::string pem(bool private_half) const;
  // "v=DKIM1; k=...; p=...".
  std::string record() const;
  // The value of a DKIM-Signature over these fields, to be put above them.
  std::string sign(const Fields& fields, const Options& options) const;
  // The fields with that signature above them.
  Fields signed_fields(const Fields& fields, const Options& options) const;

 private:
  explicit DkimSigner(std::shared_ptr<void> key, bool is_rsa)
      : key_(std::move(key)), is_rsa_(is_rsa) {}
  std::vector<std::uint8_t> signature_of(const std::string& text) const;

  std::shared_ptr<void> key_;
  bool is_rsa_;
};

}  // namespace backstop::testing
