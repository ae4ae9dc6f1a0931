// When a sender was given a tag last, kept in the store directory: what is answered to that address
// must find its way for 400 days more, whatever is configured by then.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "ports/log_sink.h"

namespace backstop::app {

// The file: a time, to the day.
inline constexpr std::string_view kLastTagFile = "last-tag";

// Nothing where no sender was ever tagged.  Errors: as os::read_text_file; Errc::Invalid for a file
// that holds no time.
Result<std::optional<Instant>> read_last_tag(const std::string& directory);

class LastTag {
 public:
  // `log` outlives this.
  LastTag(const std::string& directory, ports::LogSink& log);

  // Any thread; never waits.
  void note(Instant now);
  // Every second, in one thread: writes the day when it is a new one.
  void beat();

 private:
  const std::string path_;
  ports::LogSink& log_;
  std::atomic<std::int64_t> noted_{-1};  // Day; -1: none yet.
  std::int64_t written_ = -1;
  std::string trouble_;
};

}  // namespace backstop::app
