#include "edge/os/entropy.h"

#include <sys/random.h>

#include <cerrno>

#include "core/base/assert.h"

namespace backstop::os {

void KernelEntropy::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    // Nothing but a signal can stop it; keys must never be made of anything else.
    BS_ASSERT(got > 0 || (got < 0 && errno == EINTR));
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace backstop::os
