// SHA-256 (FIPS 180-4) of what comes piece by piece.
#pragma once

#include <memory>
#include <string_view>

#include "core/crypto/sha256.h"

namespace backstop::crypto {

// Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(std::string_view text);
  // REQUIRES: called once, last.
  Sha256Digest digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace backstop::crypto
