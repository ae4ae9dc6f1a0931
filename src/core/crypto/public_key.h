// Public keys that signatures of ours are held against: RSA (PKCS #1 v1.5 with SHA-256) and
// Ed25519, as DKIM uses them (RFC 6376 §3.3.2, RFC 8463 §3).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/base/result.h"
#include "core/crypto/sha256.h"

namespace backstop::crypto {

// What a modulus may have: fewer bits than the first anybody can factor (RFC 8301 §3.2), more than
// the last nobody needs, and each doubling makes a check four times as long.
inline constexpr unsigned kRsaBitsLeast = 1024;
inline constexpr unsigned kRsaBitsMost = 8192;

// A value; copies share the key.  verify() may be called from any thread at the same time.
class PublicKey {
 public:
  enum class Kind : std::uint8_t { Rsa, Ed25519 };

  // From PEM text with a public key (PKCS #1 or SubjectPublicKeyInfo) or with a private one, of
  // which the public half is kept and the rest wiped.  What stands around it is passed over.
  // Errors: Errc::Invalid for what is no such text, is encrypted or is broken; Errc::Unsupported
  // for other algorithms and sizes.
  static Result<PublicKey> from_pem(std::string_view text);
  // From DER: SubjectPublicKeyInfo, or RSAPublicKey alone.  Errors: as above.
  static Result<PublicKey> from_der(std::span<const std::uint8_t> der);
  // From the 32 bytes of RFC 8032.  Errors: Errc::Invalid.
  static Result<PublicKey> from_ed25519(std::span<const std::uint8_t> bytes);

  Kind kind() const { return kind_; }
  unsigned bits() const { return bits_; }
  // True when `signature` was made over `digest` with the private half; for Ed25519 the digest is
  // the text that is signed.  Total.
  bool verify(const Sha256Digest& digest, std::span<const std::uint8_t> signature) const;

  bool same_as(const PublicKey& other) const;

 private:
  struct Prepared;
  PublicKey(Kind kind, unsigned bits, std::shared_ptr<const Prepared> prepared)
      : kind_(kind), bits_(bits), prepared_(std::move(prepared)) {}
  static Result<PublicKey> take(void* key);

  Kind kind_;
  unsigned bits_;
  std::shared_ptr<const Prepared> prepared_;
};

}  // namespace backstop::crypto
