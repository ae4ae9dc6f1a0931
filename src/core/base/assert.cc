#include "core/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace backstop {

void fail_assertion(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "backstop: bug: %s does not hold at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace backstop
