#include "core/crypto/hmac_sha1.h"

// SHA-1's own functions, for the reason that hmac.cc has for SHA-256's.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "core/base/assert.h"

namespace backstop::crypto {
namespace {

constexpr std::uint8_t kInnerPad = 0x36;
constexpr std::uint8_t kOuterPad = 0x5c;

using Block = std::array<std::uint8_t, SHA_CBLOCK>;

SHA_CTX start_with(Block block, std::uint8_t pad) {
  for (std::uint8_t& byte : block)
    byte ^= pad;
  SHA_CTX state;
  BS_ASSERT(SHA1_Init(&state) == 1);
  BS_ASSERT(SHA1_Update(&state, block.data(), block.size()) == 1);
  wipe(block);
  return state;
}

}  // namespace

// The two hashes after the key's block went in (RFC 2104 §4).
struct HmacSha1::State {
  SHA_CTX inner;
  SHA_CTX outer;
  ~State() { OPENSSL_cleanse(this, sizeof(*this)); }
};

HmacSha1::HmacSha1(const Secret& key) : state_(std::make_unique<State>()) {
  BS_ASSERT(!key.empty());
  Block block{};
  if (key.bytes().size() > block.size()) {
    SHA1(key.bytes().data(), key.bytes().size(), block.data());
  } else {
    std::ranges::copy(key.bytes(), block.begin());
  }
  state_->inner = start_with(block, kInnerPad);
  state_->outer = start_with(block, kOuterPad);
  wipe(block);
}

HmacSha1::~HmacSha1() = default;
HmacSha1::HmacSha1(HmacSha1&&) noexcept = default;
HmacSha1& HmacSha1::operator=(HmacSha1&&) noexcept = default;

Sha1Mac HmacSha1::compute(std::span<const std::uint8_t> message) const {
  Sha1Mac mac{};
  SHA_CTX inner = state_->inner;
  if (!message.empty()) BS_ASSERT(SHA1_Update(&inner, message.data(), message.size()) == 1);
  BS_ASSERT(SHA1_Final(mac.data(), &inner) == 1);
  SHA_CTX outer = state_->outer;
  BS_ASSERT(SHA1_Update(&outer, mac.data(), mac.size()) == 1);
  BS_ASSERT(SHA1_Final(mac.data(), &outer) == 1);
  return mac;
}

}  // namespace backstop::crypto
