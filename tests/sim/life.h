// A seeded run: one short life of a site after the other, messages of all sorts, several open at a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace backstop::sim {

struct Plan {
  std::uint64_t seed = 1;
  std::size_t transactions = 100'000;
  // That one alone, with all that is known of it: what went before it in its life is played
  // silently.
  std::optional<std::size_t> only;
};

// So many transactions try every rule.
inline constexpr std::size_t kEnoughForAll = 200'000;

struct Totals {
  std::size_t broken = 0;   // Transactions that broke a rule.
  std::size_t untried = 0;  // Rules that nothing tried; 0 where too few were played to tell.
};

// What broke, and with how many tries each rule held, goes to the standard output.
Totals run(const Plan& plan);

}  // namespace backstop::sim
