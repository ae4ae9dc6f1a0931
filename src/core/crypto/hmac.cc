#include "core/crypto/hmac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <utility>

#include "core/base/assert.h"

namespace backstop::crypto {
namespace {

struct ContextDeleter {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using OwnedContext = std::unique_ptr<EVP_MAC_CTX, ContextDeleter>;

}  // namespace

// The context after the key went in.  It is only ever copied, so that threads share it.
struct HmacSha256::State {
  OwnedContext keyed;
};

HmacSha256::HmacSha256(const Secret& key) : state_(std::make_unique<State>()) {
  BS_ASSERT(!key.empty());
  EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  BS_ASSERT(mac != nullptr);
  state_->keyed.reset(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);  // The context holds its own reference.
  BS_ASSERT(state_->keyed != nullptr);
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  BS_ASSERT(EVP_MAC_init(state_->keyed.get(), key.bytes().data(), key.bytes().size(), params) == 1);
}

HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;

Sha256Mac HmacSha256::compute(std::span<const std::uint8_t> message) const {
  const OwnedContext context(EVP_MAC_CTX_dup(state_->keyed.get()));
  BS_ASSERT(context != nullptr);
  Sha256Mac mac{};
  std::size_t mac_bytes = 0;
  BS_ASSERT(message.empty() || EVP_MAC_update(context.get(), message.data(), message.size()) == 1);
  BS_ASSERT(EVP_MAC_final(context.get(), mac.data(), &mac_bytes, mac.size()) == 1);
  BS_ASSERT(mac_bytes == mac.size());
  return mac;
}

bool constant_time_equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  if (a.size() != b.size()) return false;
  return a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace backstop::crypto
