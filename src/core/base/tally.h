// Counts how often each of many names was met, in bounded memory.
//
// Exact as long as at most `names_max` different names are met.  Past that the rarer half
// is forgotten each time it is full, so that a name shown may have been met a few times more than
// is said, and never less; what is forgotten is still in the total.  The same names in the same
// order give the same counts; up to the limit the order does not matter.
//
// Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/limits.h"
#include "core/base/time.h"

namespace backstop {

struct Tallied {
  std::string name;
  std::uint64_t n = 0;
  // Of the dates given with it; nothing when none was.
  std::optional<Instant> first = {};
  std::optional<Instant> last = {};
};

// The names met most often.
struct TopNames {
  std::vector<Tallied> names;    // The most frequent first, then by name.
  std::uint64_t left_out = 0;    // Times that no name of the list stands for.
  std::uint64_t names_seen = 0;  // Different names; at least so many when `forgot`.
  bool forgot = false;           // More names were met than are remembered.
};

class Tally {
 public:
  explicit Tally(std::size_t names_max = limits::kSurveyNames) : names_max_(names_max) {}

  // Nothing for an empty name; a longer one than limits::kSurveyNameBytes is cut.
  void add(std::string_view name, std::optional<Instant> at = {}, std::uint64_t times = 1);
  TopNames top(std::size_t names_max) const;
  std::uint64_t total() const { return total_; }

 private:
  struct Count {
    std::uint64_t n = 0;
    std::optional<Instant> first;
    std::optional<Instant> last;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  void forget_rare();

  std::size_t names_max_;
  std::unordered_map<std::string, Count, Hash, std::equal_to<>> counts_;
  std::uint64_t total_ = 0;
  std::uint64_t forgotten_names_ = 0;
};

}  // namespace backstop
