// Numbers that look random and are the same for the same seed, on every host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace backstop::sim {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // splitmix64.
  std::uint64_t next() {
    std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  // 0 to count - 1.  REQUIRES: count > 0.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  // True that often in a hundred.
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class T>
  const T& pick(const std::vector<T>& list) {
    return list[below(list.size())];
  }
  std::string letters(std::size_t count) {
    std::string out;
    while (out.size() < count)
      out.push_back("abcdefghijklmnopqrstuvwxyz234567"[below(32)]);
    return out;
  }

 private:
  std::uint64_t state_;
};

}  // namespace backstop::sim
