// HMAC-SHA256 (RFC 2104) over OpenSSL's SHA-256, with the key set up once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "core/crypto/secret.h"

namespace backstop::crypto {

using Sha256Mac = std::array<std::uint8_t, 32>;

// A keyed MAC.  compute() may be called from any thread at the same time.
class HmacSha256 {
 public:
  // REQUIRES: the secret is not empty.
  explicit HmacSha256(const Secret& key);
  ~HmacSha256();
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;

  Sha256Mac compute(std::span<const std::uint8_t> message) const;
  // Of `label` and `message` as one text.
  Sha256Mac compute(std::span<const std::uint8_t> label,
                    std::span<const std::uint8_t> message) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// True when both are equal; time depends on the lengths only.
bool constant_time_equal(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

}  // namespace backstop::crypto
