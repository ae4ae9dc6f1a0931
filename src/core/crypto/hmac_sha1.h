// HMAC-SHA1 (RFC 2104), for what is defined with it: tags of envelope senders.  HMAC does not need
// collision resistance, which is what SHA-1 has lost; nothing new is signed with it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "core/crypto/secret.h"

namespace backstop::crypto {

using Sha1Mac = std::array<std::uint8_t, 20>;

// A keyed MAC.  compute() may be called from any thread at the same time.
class HmacSha1 {
 public:
  // REQUIRES: the secret is not empty.
  explicit HmacSha1(const Secret& key);
  ~HmacSha1();
  HmacSha1(HmacSha1&&) noexcept;
  HmacSha1& operator=(HmacSha1&&) noexcept;

  Sha1Mac compute(std::span<const std::uint8_t> message) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace backstop::crypto
