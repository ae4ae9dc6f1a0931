#include "core/crypto/secret.h"

#include <openssl/crypto.h>

#include <utility>

namespace backstop::crypto {

void wipe(std::span<std::uint8_t> bytes) {
  // memset may be left out by a compiler that sees no reader; this may not.
  if (!bytes.empty()) OPENSSL_cleanse(bytes.data(), bytes.size());
}

Secret::Secret(std::span<const std::uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) {}

Secret::~Secret() {
  wipe(bytes_);
}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {
  other.bytes_.clear();
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(bytes_);
    bytes_ = std::move(other.bytes_);
    other.bytes_.clear();
  }
  return *this;
}

}  // namespace backstop::crypto
