// The lines of several logs in the order of their times: rotated files given in any order, or logs
// of several hosts.  A file is open only while it has lines of the present.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "edge/logs/log_line.h"

namespace backstop::logs {

// One thread.
class LogMerge {
 public:
  // `now`: as LineParser has it.
  LogMerge(const std::vector<std::string>& paths, Instant now, LogZone zone = LogZone::Local);
  ~LogMerge();
  LogMerge(const LogMerge&) = delete;
  LogMerge& operator=(const LogMerge&) = delete;

  // The next line that tells something; null at the end.  Valid until the next call.
  const LogLine* next();

  std::uint64_t lines() const { return lines_; }  // All that were read.
  std::uint64_t bytes() const { return bytes_; }  // Unpacked.
  // "PATH: why" of what could not be read, or not to its end.
  const std::vector<std::string>& troubles() const { return troubles_; }

 private:
  struct Source;
  bool advance(Source& source);
  void open_due();

  Instant now_;
  LogZone zone_;
  std::vector<std::unique_ptr<Source>> waiting_;  // The one that begins last first.
  std::vector<std::unique_ptr<Source>> open_;
  Source* handed_out_ = nullptr;
  std::uint64_t lines_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<std::string> troubles_;
};

}  // namespace backstop::logs
