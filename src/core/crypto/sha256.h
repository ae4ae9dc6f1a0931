// SHA-256 (FIPS 180-4).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace backstop::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(std::string_view text);

// The same of what comes piece by piece.  Not thread-safe.
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
