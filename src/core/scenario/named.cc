#include <algorithm>

#include "core/scenario/scenario.h"

namespace backstop::scenario {

const std::vector<Named>& named_scenarios() {
  static const std::vector<Named> kAll{
#include "named.inc"
  };
  return kAll;
}

const Named* find_named(std::string_view name) {
  const auto found = std::ranges::find(named_scenarios(), name, &Named::name);
  return found == named_scenarios().end() ? nullptr : &*found;
}

}  // namespace backstop::scenario
