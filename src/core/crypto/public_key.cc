#include "core/crypto/public_key.h"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <utility>

namespace backstop::crypto {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* value) const {
    Free(value);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Decoder = std::unique_ptr<OSSL_DECODER_CTX, Freed<OSSL_DECODER_CTX_free>>;

// OpenSSL takes longer for a larger exponent; every key in use has 65537 or 3.
constexpr int kExponentBits = 64;

tl::unexpected<Error> no_key(std::string why) {
  ERR_clear_error();
  return fail(Errc::Invalid, "", std::move(why));
}

// The public half alone, so that nothing private stays in memory.
Key without_private_half(const Key& key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key.get(), &der);
  if (length <= 0) return nullptr;
  const unsigned char* at = der;
  Key out(d2i_PUBKEY(nullptr, &at, length));
  OPENSSL_free(der);
  return out;
}

bool has_small_exponent(const Key& key) {
  BIGNUM* exponent = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) return false;
  const Number owned(exponent);
  return BN_num_bits(exponent) <= kExponentBits;
}

// Everything that costs more than the check itself is done once, here.
KeyContext prepare_rsa(EVP_PKEY* key) {
  KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  const bool good = context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
                    EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1;
  return good ? std::move(context) : nullptr;
}

DigestContext prepare_ed25519(EVP_PKEY* key) {
  DigestContext context(EVP_MD_CTX_new());
  const bool good =
      context != nullptr &&
      EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key, nullptr) == 1;
  return good ? std::move(context) : nullptr;
}

}  // namespace

// Set up once and copied for every check: neither the key nor what was fetched for it is sought
// again.
struct PublicKey::Prepared {
  Key key;
  KeyContext rsa;
  DigestContext ed25519;
};

Result<PublicKey> PublicKey::take(void* given) {
  Key key(static_cast<EVP_PKEY*>(given));
  if (key == nullptr) return no_key("holds no key that can be read");
  const int bits = EVP_PKEY_get_bits(key.get());
  auto prepared = std::make_shared<Prepared>();
  if (EVP_PKEY_is_a(key.get(), "RSA") == 1) {
    if (bits < static_cast<int>(kRsaBitsLeast) || bits > static_cast<int>(kRsaBitsMost)) {
      return fail(Errc::Unsupported, "",
                  fmt::format("an RSA key of {} bits is not taken: {} to {} are", bits,
                              kRsaBitsLeast, kRsaBitsMost));
    }
    if (!has_small_exponent(key)) return fail(Errc::Unsupported, "", "its exponent is too large");
    prepared->rsa = prepare_rsa(key.get());
    if (prepared->rsa == nullptr) return no_key("holds an RSA key that cannot be used");
    prepared->key = std::move(key);
    return PublicKey(Kind::Rsa, static_cast<unsigned>(bits), std::move(prepared));
  }
  if (EVP_PKEY_is_a(key.get(), "ED25519") == 1) {
    prepared->ed25519 = prepare_ed25519(key.get());
    if (prepared->ed25519 == nullptr) return no_key("holds an Ed25519 key that cannot be used");
    prepared->key = std::move(key);
    return PublicKey(Kind::Ed25519, static_cast<unsigned>(bits), std::move(prepared));
  }
  return fail(Errc::Unsupported, "", "is neither an RSA nor an Ed25519 key");
}

Result<PublicKey> PublicKey::from_pem(std::string_view text) {
  if (text.find("-----BEGIN ENCRYPTED") != std::string_view::npos ||
      text.find("\nProc-Type: 4,ENCRYPTED") != std::string_view::npos)
    return no_key("is encrypted: give the public key instead");
  EVP_PKEY* found = nullptr;
  const Decoder decoder(
      OSSL_DECODER_CTX_new_for_pkey(&found, "PEM", nullptr, nullptr, 0, nullptr, nullptr));
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
  const bool decoded =
      decoder != nullptr && OSSL_DECODER_from_data(decoder.get(), &data, &left) == 1;
  const Key key(found);
  ERR_clear_error();
  if (!decoded || key == nullptr) return no_key("holds no key that can be read");
  return take(without_private_half(key).release());
}

Result<PublicKey> PublicKey::from_der(std::span<const std::uint8_t> der) {
  const unsigned char* at = der.data();
  const auto length = static_cast<long>(der.size());
  Key key(d2i_PUBKEY(nullptr, &at, length));
  if (key == nullptr) {
    at = der.data();
    key.reset(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, length));
  }
  ERR_clear_error();
  if (key != nullptr && at != der.data() + der.size()) return no_key("has bytes behind the key");
  return take(key.release());
}

Result<PublicKey> PublicKey::from_ed25519(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != 32) return no_key("is no Ed25519 key: it has not 32 bytes");
  EVP_PKEY* key =
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size());
  ERR_clear_error();
  return take(key);
}

bool PublicKey::verify(const Sha256Digest& digest, std::span<const std::uint8_t> signature) const {
  int result = 0;
  if (kind_ == Kind::Rsa) {
    const KeyContext context(EVP_PKEY_CTX_dup(prepared_->rsa.get()));
    if (context != nullptr)
      result = EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(),
                               digest.size());
  } else {
    const DigestContext context(EVP_MD_CTX_new());
    if (context != nullptr && EVP_MD_CTX_copy_ex(context.get(), prepared_->ed25519.get()) == 1)
      result = EVP_DigestVerify(context.get(), signature.data(), signature.size(), digest.data(),
                                digest.size());
  }
  if (result != 1) ERR_clear_error();
  return result == 1;
}

bool PublicKey::same_as(const PublicKey& other) const {
  return EVP_PKEY_eq(prepared_->key.get(), other.prepared_->key.get()) == 1;
}

}  // namespace backstop::crypto
