// How many different things were seen, in 256 bytes: HyperLogLog (Flajolet and others, 2007), right
// to about 7 %.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace backstop::watch {

class Sketch {
 public:
  static constexpr std::size_t kRegisters = 256;

  // `hash`: of the thing, every bit alike.
  void add(std::uint64_t hash) {
    std::uint8_t& most = registers_[hash % kRegisters];
    const auto rank = static_cast<std::uint8_t>(std::countl_zero(hash | kRegisters) + 1);
    if (rank > most) most = rank;
  }

  void merge(const Sketch& other) {
    for (std::size_t i = 0; i < kRegisters; ++i) {
      if (other.registers_[i] > registers_[i]) registers_[i] = other.registers_[i];
    }
  }

  std::uint64_t estimate() const {
    constexpr double kCount = kRegisters;
    double sum = 0;
    unsigned empty = 0;
    for (const std::uint8_t rank : registers_) {
      sum += std::ldexp(1.0, -int{rank});
      if (rank == 0) ++empty;
    }
    const double raw = 0.7213 / (1 + 1.079 / kCount) * kCount * kCount / sum;
    const bool is_small = raw < 2.5 * kCount && empty > 0;
    return static_cast<std::uint64_t>(
        std::llround(is_small ? kCount * std::log(kCount / empty) : raw));
  }

  const std::array<std::uint8_t, kRegisters>& registers() const { return registers_; }
  void set_registers(const std::array<std::uint8_t, kRegisters>& values) { registers_ = values; }

 private:
  std::array<std::uint8_t, kRegisters> registers_{};
};

}  // namespace backstop::watch
