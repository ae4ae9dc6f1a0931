#include "core/reading/kind_name.h"

namespace backstop::reading {

std::optional<Kind> parse_kind(std::string_view name) {
  for (unsigned i = 0; i < kKindCount; ++i)
    if (name_of(static_cast<Kind>(i)) == name) return static_cast<Kind>(i);
  return std::nullopt;
}

}  // namespace backstop::reading
