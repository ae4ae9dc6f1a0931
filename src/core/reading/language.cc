#include "core/reading/language.h"

namespace backstop::reading {

std::string_view guess_language(std::string_view normal) {
  (void)normal;
  return "und";
}

}  // namespace backstop::reading
