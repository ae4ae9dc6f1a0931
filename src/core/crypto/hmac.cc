#include "core/crypto/hmac.h"

// SHA-256's own functions, which OpenSSL 3 calls deprecated and keeps: their state is a plain value
// that is copied, where an EVP_MAC_CTX is allocated for every MAC.  One MAC of a short text costs a
// third so, and every answer to us takes four.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/assert.h"

namespace backstop::crypto {
namespace {

constexpr std::uint8_t kInnerPad = 0x36;
constexpr std::uint8_t kOuterPad = 0x5c;

using Block = std::array<std::uint8_t, SHA256_CBLOCK>;

SHA256_CTX start_with(Block block, std::uint8_t pad) {
  for (std::uint8_t& byte : block)
    byte ^= pad;
  SHA256_CTX state;
  BS_ASSERT(SHA256_Init(&state) == 1);
  BS_ASSERT(SHA256_Update(&state, block.data(), block.size()) == 1);
  wipe(block);
  return state;
}

}  // namespace

// The two hashes after the key's block went in (RFC 2104 §4).  They are only ever copied, so that
// threads share them.
struct HmacSha256::State {
  SHA256_CTX inner;
  SHA256_CTX outer;
  ~State() { OPENSSL_cleanse(this, sizeof(*this)); }
};

HmacSha256::HmacSha256(const Secret& key) : state_(std::make_unique<State>()) {
  BS_ASSERT(!key.empty());
  Block block{};
  if (key.bytes().size() > block.size()) {
    SHA256(key.bytes().data(), key.bytes().size(), block.data());
  } else {
    std::ranges::copy(key.bytes(), block.begin());
  }
  state_->inner = start_with(block, kInnerPad);
  state_->outer = start_with(block, kOuterPad);
  wipe(block);
}

HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;

Sha256Mac HmacSha256::compute(std::span<const std::uint8_t> message) const {
  return compute({}, message);
}

Sha256Mac HmacSha256::compute(std::span<const std::uint8_t> label,
                              std::span<const std::uint8_t> message) const {
  Sha256Mac mac{};
  SHA256_CTX inner = state_->inner;
  if (!label.empty()) BS_ASSERT(SHA256_Update(&inner, label.data(), label.size()) == 1);
  if (!message.empty()) BS_ASSERT(SHA256_Update(&inner, message.data(), message.size()) == 1);
  BS_ASSERT(SHA256_Final(mac.data(), &inner) == 1);
  SHA256_CTX outer = state_->outer;
  BS_ASSERT(SHA256_Update(&outer, mac.data(), mac.size()) == 1);
  BS_ASSERT(SHA256_Final(mac.data(), &outer) == 1);
  return mac;
}

bool constant_time_equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  if (a.size() != b.size()) return false;
  return a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace backstop::crypto
