#include "core/reading/html_entities.h"

#include <algorithm>
#include <iterator>

namespace backstop::reading {
namespace {

struct Entity {
  std::string_view name;
  char32_t code;
};

// Sorted by name.
constexpr Entity kEntities[] = {
#define BACKSTOP_ENTITY(name, code) {name, code},
#include "core/reading/html_entities.inc"
#undef BACKSTOP_ENTITY
};
static_assert(std::is_sorted(std::begin(kEntities), std::end(kEntities),
                             [](const Entity& a, const Entity& b) { return a.name < b.name; }));

}  // namespace

char32_t html_entity(std::string_view name) {
  const auto* const found = std::lower_bound(
      std::begin(kEntities), std::end(kEntities), name,
      [](const Entity& entity, std::string_view key) { return entity.name < key; });
  return found != std::end(kEntities) && found->name == name ? found->code : 0;
}

}  // namespace backstop::reading
