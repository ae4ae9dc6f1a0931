#include "core/crypto/public_key.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace backstop::crypto {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Bytes = std::vector<std::uint8_t>;

Key make_rsa(unsigned bits) {
  return Key(EVP_RSA_gen(bits));
}
Key make(const char* kind) {
  return Key(EVP_PKEY_Q_keygen(nullptr, nullptr, kind));
}

Bytes der_of(const Key& key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key.get(), &der);
  Bytes out(der, der + length);
  OPENSSL_free(der);
  return out;
}
Bytes bare_rsa_of(const Key& key) {
  unsigned char* der = nullptr;
  const int length = i2d_PublicKey(key.get(), &der);
  Bytes out(der, der + length);
  OPENSSL_free(der);
  return out;
}

template <class Write>
std::string written(Write write) {
  BIO* out = BIO_new(BIO_s_mem());
  write(out);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(out);
  return text;
}

Bytes sign(const Key& key, const Sha256Digest& digest) {
  Bytes out(2048);
  std::size_t size = out.size();
  if (EVP_PKEY_is_a(key.get(), "RSA") == 1) {
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key.get(), nullptr);
    EVP_PKEY_sign_init(context);
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
    EVP_PKEY_CTX_set_signature_md(context, EVP_sha256());
    EXPECT_EQ(EVP_PKEY_sign(context, out.data(), &size, digest.data(), digest.size()), 1);
    EVP_PKEY_CTX_free(context);
  } else {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key.get());
    EXPECT_EQ(EVP_DigestSign(context, out.data(), &size, digest.data(), digest.size()), 1);
    EVP_MD_CTX_free(context);
  }
  out.resize(size);
  return out;
}

TEST(PublicKey, VerifiesWhatItsPrivateHalfSignedAndNothingElse) {
  for (const Key& key : {make_rsa(1024), make_rsa(2048), make("ED25519")}) {
    const auto ours = PublicKey::from_der(der_of(key));
    ASSERT_TRUE(ours.has_value()) << ours.error().text();
    Bytes signature = sign(key, sha256("a header"));
    EXPECT_TRUE(ours->verify(sha256("a header"), signature));
    EXPECT_TRUE(ours->verify(sha256("a header"), signature)) << "a check leaves no trace";
    EXPECT_FALSE(ours->verify(sha256("another"), signature));
    signature.back() ^= 1;
    EXPECT_FALSE(ours->verify(sha256("a header"), signature));
    signature.pop_back();
    EXPECT_FALSE(ours->verify(sha256("a header"), signature));
    EXPECT_FALSE(ours->verify(sha256("a header"), {}));
    EXPECT_FALSE(ours->verify(sha256("a header"), Bytes(5000, 0xff)));
  }
}

TEST(PublicKey, EveryFormOfAKeyFileIsTheSameKey) {
  const Key rsa = make_rsa(2048);
  const auto wanted = PublicKey::from_der(der_of(rsa)).value();
  EXPECT_EQ(wanted.kind(), PublicKey::Kind::Rsa);
  EXPECT_EQ(wanted.bits(), 2048U);
  EXPECT_TRUE(wanted.same_as(PublicKey::from_der(bare_rsa_of(rsa)).value()));
  const auto plain = [&](BIO* out) {
    PEM_write_bio_PrivateKey(out, rsa.get(), nullptr, nullptr, 0, nullptr, nullptr);
  };
  const auto traditional = [&](BIO* out) {
    PEM_write_bio_PrivateKey_traditional(out, rsa.get(), nullptr, nullptr, 0, nullptr, nullptr);
  };
  const auto half = [&](BIO* out) { PEM_write_bio_PUBKEY(out, rsa.get()); };
  for (const std::string& text :
       {written(plain), written(traditional), written(half), "a comment\n" + written(plain)}) {
    const auto key = PublicKey::from_pem(text);
    ASSERT_TRUE(key.has_value()) << key.error().text() << text;
    EXPECT_TRUE(key->same_as(wanted));
  }
  const Key ed = make("ED25519");
  const auto edwards = PublicKey::from_pem(written([&](BIO* out) {
    PEM_write_bio_PrivateKey(out, ed.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }));
  ASSERT_TRUE(edwards.has_value());
  EXPECT_EQ(edwards->kind(), PublicKey::Kind::Ed25519);
  EXPECT_FALSE(edwards->same_as(wanted));
  Bytes raw(32);
  std::size_t size = raw.size();
  EVP_PKEY_get_raw_public_key(ed.get(), raw.data(), &size);
  EXPECT_TRUE(edwards->same_as(PublicKey::from_ed25519(raw).value()));
}

TEST(PublicKey, SizesThatAnybodyBreaksOrNobodyNeedsAreRefused) {
  EXPECT_EQ(PublicKey::from_der(der_of(make_rsa(512))).error().code, Errc::Unsupported);
  EXPECT_EQ(PublicKey::from_der(der_of(make_rsa(1023))).error().code, Errc::Unsupported);
  EXPECT_TRUE(PublicKey::from_der(der_of(make_rsa(3072))).has_value());
  Key elliptic(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  EXPECT_EQ(PublicKey::from_der(der_of(elliptic)).error().code, Errc::Unsupported);
}

// A modulus of that many bits, made without the minutes that a real one takes.
Bytes der_with_modulus(std::size_t bytes) {
  const auto length = [](std::size_t n) {
    return Bytes{0x82, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
  };
  Bytes number{0x02};
  const Bytes number_length = length(bytes + 1);
  number.insert(number.end(), number_length.begin(), number_length.end());
  number.push_back(0);
  number.insert(number.end(), bytes, 0xf1);
  for (const int byte : {0x02, 0x03, 0x01, 0x00, 0x01})
    number.push_back(static_cast<std::uint8_t>(byte));
  Bytes out{0x30};
  const Bytes whole = length(number.size());
  out.insert(out.end(), whole.begin(), whole.end());
  out.insert(out.end(), number.begin(), number.end());
  return out;
}

TEST(PublicKey, TheLargestAllowedModulusIsTakenAndOneLargerIsNot) {
  const auto most = PublicKey::from_der(der_with_modulus(1024));
  ASSERT_TRUE(most.has_value()) << most.error().text();
  EXPECT_EQ(most->bits(), 8192U);
  EXPECT_FALSE(most->verify(sha256("x"), Bytes(1024, 0x11)));
  EXPECT_EQ(PublicKey::from_der(der_with_modulus(1032)).error().code, Errc::Unsupported);
  EXPECT_EQ(PublicKey::from_der(der_with_modulus(4096)).error().code, Errc::Unsupported);
}

TEST(PublicKey, AnEncryptedKeyIsRefusedAndNobodyIsAskedForItsPassword) {
  const Key key = make_rsa(1024);
  char word[] = "secret";
  for (const bool traditional : {false, true}) {
    const std::string text = written([&](BIO* out) {
      auto* bytes = reinterpret_cast<unsigned char*>(word);
      if (traditional) {
        PEM_write_bio_PrivateKey_traditional(out, key.get(), EVP_aes_128_cbc(), bytes, 6, nullptr,
                                             nullptr);
      } else {
        PEM_write_bio_PKCS8PrivateKey(out, key.get(), EVP_aes_128_cbc(), word, 6, nullptr, nullptr);
      }
    });
    const auto taken = PublicKey::from_pem(text);
    ASSERT_FALSE(taken.has_value());
    EXPECT_EQ(taken.error().code, Errc::Invalid);
    EXPECT_NE(taken.error().detail.find("encrypted"), std::string::npos) << taken.error().detail;
  }
}

TEST(PublicKey, BrokenBytesAreNoKey) {
  const Bytes good = der_of(make_rsa(1024));
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(PublicKey::from_der(std::span(good).first(size)).has_value()) << size;
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_FALSE(PublicKey::from_der(longer).has_value());
  EXPECT_FALSE(PublicKey::from_pem("").has_value());
  EXPECT_FALSE(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\n").has_value());
  EXPECT_FALSE(PublicKey::from_ed25519(Bytes(31)).has_value());
}

}  // namespace
}  // namespace backstop::crypto
