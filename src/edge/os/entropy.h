// The kernel's random numbers.
#pragma once

#include "ports/entropy.h"

namespace backstop::os {

// getrandom(2).  Blocks only before the kernel's generator is seeded, early in boot.  Any thread.
class KernelEntropy final : public ports::Entropy {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace backstop::os
