// Randomness nobody can guess.
#pragma once

#include <cstdint>
#include <span>

namespace backstop::ports {

// Any thread.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

}  // namespace backstop::ports
