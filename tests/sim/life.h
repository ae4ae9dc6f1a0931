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

// How many broke a rule.  What broke, and with how many tries each rule held, goes to the standard
// output.
std::size_t run(const Plan& plan);

}  // namespace backstop::sim
