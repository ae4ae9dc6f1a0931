// Finds the rows of a table that are about one header field: most fields of ordinary mail are told
// by the length and two letters of their names to have none.
//
// Pure; any thread.  Built at compile time.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

#include "core/base/ascii.h"
#include "core/reading/buckets.h"

namespace backstop::reading {

// `kRows`: an array of rows with a `field`, its name in lower case.  Rows of one name follow each
// other.
template <const auto& kRows>
class FieldRows {
 public:
  using Row = std::remove_cvref_t<decltype(kRows[0])>;

  constexpr FieldRows()
      : names_(names(), [](const Name& known) { return bucket_of(known.field); }) {}

  // `name` in any case.
  std::span<const Row> of(std::string_view name) const {
    if (name.empty()) return {};
    for (const Name& known : names_.in(bucket_of(name))) {
      if (ascii::equals_folded(name, known.field)) return {kRows.data() + known.first, known.count};
    }
    return {};
  }

 private:
  struct Name {
    std::string_view field;
    std::size_t first = 0;
    std::size_t count = 0;
  };
  static constexpr unsigned kBits = 8;

  static constexpr std::size_t bucket_of(std::string_view name) {
    return (name.size() * 5 + (name.front() & 0x1f) * std::size_t{11} +
            (name.back() & 0x1f) * std::size_t{37}) %
           (std::size_t{1} << kBits);
  }

  static constexpr bool begins_name(std::size_t row) {
    return row == 0 || kRows[row].field != kRows[row - 1].field;
  }
  static constexpr std::size_t count_names() {
    std::size_t count = 0;
    for (std::size_t row = 0; row < kRows.size(); ++row)
      count += begins_name(row) ? 1 : 0;
    return count;
  }
  static constexpr auto names() {
    std::array<Name, count_names()> names{};
    std::size_t count = 0;
    for (std::size_t row = 0; row < kRows.size(); ++row) {
      if (begins_name(row)) names[count++] = {kRows[row].field, row, 0};
      ++names[count - 1].count;
    }
    for (std::size_t i = 0; i < count; ++i) {
      // Rows apart from their like would never be found.
      for (std::size_t j = 0; j < i; ++j)
        if (names[i].field == names[j].field) throw "the rows of a name do not follow each other";
    }
    return names;
  }

  Buckets<Name, count_names(), kBits> names_;
};

}  // namespace backstop::reading
