#include "dkim_signer/dkim_signer.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "core/base/assert.h"
#include "core/proof/dkim_signature.h"

namespace backstop::testing {
namespace {

EVP_PKEY* of(const std::shared_ptr<void>& key) {
  return static_cast<EVP_PKEY*>(key.get());
}
std::shared_ptr<void> own(EVP_PKEY* key) {
  BS_ASSERT(key != nullptr);
  return {key, [](void* freed) { EVP_PKEY_free(static_cast<EVP_PKEY*>(freed)); }};
}

std::string base64(const std::vector<std::uint8_t>& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::vector<std::uint8_t> der_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  BS_ASSERT(length > 0);
  std::vector<std::uint8_t> out(der, der + length);
  OPENSSL_free(der);
  return out;
}

}  // namespace

mail::RawHeader raw_header(const Fields& fields) {
  mail::RawHeader header;
  for (const auto& [name, raw] : fields)
    header.append(name, raw);
  return header;
}

DkimSigner DkimSigner::rsa(unsigned bits) {
  return DkimSigner(own(EVP_RSA_gen(bits)), true);
}
DkimSigner DkimSigner::ed25519() {
  return DkimSigner(own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")), false);
}

crypto::PublicKey DkimSigner::key() const {
  return crypto::PublicKey::from_der(der_of(of(key_))).value();
}

std::string DkimSigner::pem(bool private_half) const {
  BIO* out = BIO_new(BIO_s_mem());
  const int good =
      private_half ? PEM_write_bio_PrivateKey(out, of(key_), nullptr, nullptr, 0, nullptr, nullptr)
                   : PEM_write_bio_PUBKEY(out, of(key_));
  BS_ASSERT(good == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(out);
  return text;
}

std::string DkimSigner::record() const {
  if (is_rsa_) return "v=DKIM1; k=rsa; p=" + base64(der_of(of(key_)));
  std::vector<std::uint8_t> raw(32);
  std::size_t size = raw.size();
  BS_ASSERT(EVP_PKEY_get_raw_public_key(of(key_), raw.data(), &size) == 1);
  return "v=DKIM1; k=ed25519; p=" + base64(raw);
}

std::vector<std::uint8_t> DkimSigner::signature_of(const std::string& text) const {
  const crypto::Sha256Digest digest = crypto::sha256(text);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::size_t size = 0;
  std::vector<std::uint8_t> out(1024);
  size = out.size();
  // RSA hashes the text itself; Ed25519 signs the hash (RFC 8463 §3).
  const auto* data = is_rsa_ ? reinterpret_cast<const unsigned char*>(text.data()) : digest.data();
  const std::size_t length = is_rsa_ ? text.size() : digest.size();
  BS_ASSERT(EVP_DigestSignInit(context, nullptr, is_rsa_ ? EVP_sha256() : nullptr, nullptr,
                               of(key_)) == 1);
  BS_ASSERT(EVP_DigestSign(context, out.data(), &size, data, length) == 1);
  EVP_MD_CTX_free(context);
  out.resize(size);
  return out;
}

std::string DkimSigner::sign(const Fields& fields, const Options& options) const {
  std::string value = is_rsa_ ? " v=1; a=rsa-sha256;" : " v=1; a=ed25519-sha256;";
  value += " c=" + options.canonicalization + "; d=" + options.domain +
           ";\r\n\ts=" + options.selector + ";";
  if (options.time) value += " t=" + std::to_string(*options.time) + ";";
  value += options.more + " h=" + options.names + ";\r\n\tbh=AAAA; b=";
  Fields all{{"DKIM-Signature", value + "AAAA"}};
  all.insert(all.end(), fields.begin(), fields.end());
  const auto parsed = proof::parse_dkim_signature(all.front().second);
  BS_ASSERT(parsed.has_value());
  const mail::RawHeader header = raw_header(all);
  return value + base64(signature_of(proof::DkimHeader(header).canonical_text(*parsed, 0)));
}

Fields DkimSigner::signed_fields(const Fields& fields, const Options& options) const {
  Fields out{{"DKIM-Signature", sign(fields, options)}};
  out.insert(out.end(), fields.begin(), fields.end());
  return out;
}

}  // namespace backstop::testing
