#include "core/proof/canary_pass.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/base32.h"
#include "core/base/limits.h"
#include "core/crypto/hmac.h"

namespace backstop::proof {
namespace {

// The bytes of docs/formats/canary.md.
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kIssuedAt = 1;
constexpr std::size_t kNonceAt = 5;
constexpr std::size_t kMacAt = 10;
constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kPassBytes = kMacAt + kMacBytes;

// With the zero byte that ends it.
constexpr std::string_view kLabel{"backstop canary pass\0", 21};

using Bytes = std::span<const std::uint8_t>;

Bytes bytes_of(std::string_view text) {
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

crypto::Sha256Mac mac_of(Bytes head, const mail::Address& recipient,
                         const crypto::Secret& ring_secret) {
  std::vector<std::uint8_t> message(head.begin(), head.end());
  const std::string canonical = mail::canonical(recipient);
  message.insert(message.end(), canonical.begin(), canonical.end());
  return crypto::HmacSha256(ring_secret).compute(bytes_of(kLabel), message);
}

}  // namespace

std::string make_canary_pass(const CanaryPass& pass, const mail::Address& recipient,
                             const crypto::Secret& ring_secret) {
  const auto seconds = pass.issued.time_since_epoch().count();
  BS_ASSERT(seconds >= 0 && seconds <= 0xffff'ffffLL);
  std::array<std::uint8_t, kPassBytes> bytes{};
  bytes[0] = kVersion;
  for (std::size_t i = 0; i < 4; ++i)
    bytes[kIssuedAt + i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
  std::ranges::copy(pass.nonce, bytes.begin() + kNonceAt);
  const auto mac = mac_of(Bytes(bytes).first(kMacAt), recipient, ring_secret);
  std::copy_n(mac.begin(), kMacBytes, bytes.begin() + kMacAt);
  return encode_base32(bytes);
}

std::optional<CanaryPass> read_canary_pass(std::string_view text, const mail::Address& recipient,
                                           const crypto::Secret& ring_secret, Instant now) {
  const std::string_view characters = ascii::trim(text);
  if (characters.size() > limits::kCanaryPassCharacters) return std::nullopt;
  const auto bytes = decode_base32(characters);
  if (!bytes || bytes->size() != kPassBytes || bytes->front() != kVersion) return std::nullopt;
  const auto mac = mac_of(Bytes(*bytes).first(kMacAt), recipient, ring_secret);
  if (!crypto::constant_time_equal(Bytes(*bytes).subspan(kMacAt), Bytes(mac).first(kMacBytes)))
    return std::nullopt;
  CanaryPass pass;
  std::uint32_t issued = 0;
  for (std::size_t i = kIssuedAt; i < kNonceAt; ++i)
    issued = (issued << 8) | (*bytes)[i];
  pass.issued = Instant{Seconds{issued}};
  std::copy_n(bytes->begin() + kNonceAt, pass.nonce.size(), pass.nonce.begin());
  if (pass.issued > now || now > pass.issued + kCanaryPassLife) return std::nullopt;
  return pass;
}

bool UsedPasses::claim(const CanaryPass& pass, Instant now) {
  if (now < begun_) begun_ = Instant::min();
  if (pass.issued < begun_) return false;
  while (!used_.empty() && used_.begin()->first + kCanaryPassLife < now)
    used_.erase(used_.begin());
  if (used_.size() >= limits::kCanaryPasses) return false;
  return used_.emplace(pass.issued, pass.nonce).second;
}

}  // namespace backstop::proof
