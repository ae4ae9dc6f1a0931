// Any bytes as a spool that was left: it is taken over or moved aside, gives back lines until none
// waits, and takes new ones.
#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/assert.h"
#include "edge/webhook/spool.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using backstop::webhook::Spool;
  static const std::string kPath = [] {
    std::string folder = "/tmp/backstop-spool-fuzz-XXXXXX";
    BS_ASSERT(mkdtemp(folder.data()) != nullptr);
    return folder + "/spool";
  }();
  const int fd = open(kPath.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  BS_ASSERT(fd >= 0);
  BS_ASSERT(write(fd, data, size) == static_cast<ssize_t>(size));
  close(fd);
  {
    auto spool = Spool::open(kPath, 1 << 20);
    BS_ASSERT(spool);
    std::size_t left = spool->waiting();
    while (spool->waiting() > 0) {
      const auto line = spool->front();
      BS_ASSERT(line && *line);
      BS_ASSERT(spool->pop());
      BS_ASSERT(spool->waiting() < left);
      left = spool->waiting();
    }
    BS_ASSERT(spool->append("last", backstop::Instant{}));
    BS_ASSERT(spool->front().value()->text == "last");
  }
  unlink(kPath.c_str());
  unlink((kPath + ".damaged").c_str());
  return 0;
}
