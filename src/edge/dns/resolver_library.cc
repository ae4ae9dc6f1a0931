#include "edge/dns/resolver_library.h"

#include <ares.h>

namespace backstop::dns {

void start_resolver_library() {
  static const int kStarted = ares_library_init(ARES_LIB_INIT_ALL);
  (void)kStarted;
}

}  // namespace backstop::dns
