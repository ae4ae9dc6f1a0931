// What is normal in each hour of the week: the median of the last eight same hours.
//
// Invariants
//   (1) Nothing is normal before two weeks are known.
//   (2) Hours of an attack count for nothing.
//   (3) One hour counts for at most twice what was normal and a little, and none for more than
//       kBaselineHourMost: who starts slowly needs months to move it, and never moves it past what
//       the fast rule sees.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/watch/recent.h"

namespace backstop::watch {

inline constexpr std::uint32_t kHoursPerWeek = 168;
inline constexpr std::uint32_t kBaselineWeeks = 8;
inline constexpr std::uint32_t kBaselineLearning = 2 * kHoursPerWeek;
// 30 in 5 minutes are 360 an hour, which is three times this.
inline constexpr std::uint32_t kBaselineHourMost = 120;
inline constexpr std::uint32_t kBaselineGrowth = 4;

// Hours since 1970.
using Hour = std::uint32_t;
constexpr Hour hour_of(Second at) {
  return at / 3600;
}

class Baseline {
 public:
  // `unit`: how many make one step; with more than 1 nothing is bounded by kBaselineHourMost.
  explicit Baseline(std::uint32_t unit = 1) : unit_(unit) {}

  // Closes the hours before `hour`.  `is_attack`: they belong to one.
  void move_to(Hour hour, bool is_attack);
  // In the present hour.
  void add(std::uint32_t n = 1) { present_ += n; }
  // Hours from this one on belong to an attack that was noticed late.
  void exclude_since(Hour hour);

  // 0 while it is not known.
  double normal(Hour hour) const;
  // The same of hours seen so far, in a day at least and without regard to the hour of the week: a
  // stopgap until two weeks are known.
  double normal_of_day(Hour hour) const;
  bool is_known(Hour hour) const { return began_ != 0 && hour >= began_ + kBaselineLearning; }
  bool is_empty() const { return hours_.empty(); }
  std::size_t memory_bytes() const { return hours_.capacity(); }

  // "BEGAN HOUR PRESENT " and the hours, two hexadecimal digits each; "-" when it is empty.
  std::string render() const;
  // False when it is none of that.
  bool parse(std::string_view text);

 private:
  void close(Hour hour, std::uint32_t count, bool is_attack);

  std::uint32_t unit_;
  Hour began_ = 0;
  Hour hour_ = 0;
  std::uint32_t present_ = 0;
  std::vector<std::uint8_t> hours_;  // By hour modulo all; made with the first that is not empty.
};

}  // namespace backstop::watch
