#include <algorithm>

#include "core/scenario/embedded.h"

namespace backstop::scenario {

const EmbeddedFile* find_named(std::string_view name) {
  const auto found = std::ranges::find(named_files(), name, &EmbeddedFile::name);
  return found == named_files().end() ? nullptr : &*found;
}

}  // namespace backstop::scenario
