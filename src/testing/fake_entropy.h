// Numbers that look random and are the same in every run.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>

#include "ports/entropy.h"

namespace backstop::testing {

// Any thread.
class FakeEntropy final : public ports::Entropy {
 public:
  explicit FakeEntropy(std::uint64_t seed = 1) : state_(seed) {}

  void fill(std::span<std::uint8_t> out) override {
    const std::scoped_lock lock(mutex_);
    for (std::uint8_t& byte : out) {
      // splitmix64.
      std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
      byte = static_cast<std::uint8_t>(mixed >> 56);
    }
  }

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace backstop::testing
