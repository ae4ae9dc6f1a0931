// Numbers that look random and are the same for the same seed, on every host.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <string>

namespace backstop::scenario {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
  std::uint64_t next() {
    std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  // 0 to count - 1.  REQUIRES: count > 0.
  std::uint64_t below(std::uint64_t count) { return next() % count; }
  // From 0, below 1.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double between(double low, double high) { return low + (high - low) * unit(); }
  bool chance(double share) { return unit() < share; }
  template <class T>
  const T& pick(std::span<const T> list) {
    return list[static_cast<std::size_t>(below(list.size()))];
  }
  // Box and Muller's.
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - unit()));
    return radius * std::cos(2 * std::numbers::pi * unit());
  }
  // Half of all are below `median`.
  double lognormal(double median, double sigma) { return median * std::exp(sigma * normal()); }
  std::string letters(std::size_t count, std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz") {
    std::string out(count, ' ');
    for (char& c : out)
      c = alphabet[static_cast<std::size_t>(below(alphabet.size()))];
    return out;
  }

 private:
  std::uint64_t state_;
};

}  // namespace backstop::scenario
