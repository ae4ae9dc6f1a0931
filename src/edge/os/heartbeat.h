// The file `heartbeat` of the store directory: when we last lived.  One line of a fixed length,
// "2026-11-21T06:00:00Z pid=123 started=2026-11-20T18:00:00Z" and blanks, written over itself, so
// that a full disk stops no beat: nothing has to be allocated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "edge/os/file_descriptor.h"

namespace backstop::os {

inline constexpr std::string_view kHeartbeatFile = "heartbeat";
// Beats between which the file is flushed: a host that loses its power remembers a beat that is
// older by so much, and by what the disk itself holds back.
inline constexpr unsigned kBeatsPerFlush = 10;

struct Beat {
  Instant at{};
  std::uint32_t pid = 0;
  Instant started{};
  bool operator==(const Beat&) const = default;
};

std::string render_beat(const Beat& beat);  // With its line end.
std::optional<Beat> parse_beat(std::string_view text);

// What stands in the file; nothing when there is none: it never beat here.  When the file holds no
// beat, the time it was last changed, without pid.  Errors: as read_text_file (text_file.h).
Result<std::optional<Beat>> read_last_beat(const std::string& directory);

// One thread.
class Heartbeat {
 public:
  // Opens nothing yet.
  Heartbeat(const std::string& directory, Instant started);

  // Errors: Errc::Unavailable, Errc::Denied; the next beat tries anew.
  Result<void> beat(Instant now);

 private:
  Result<void> open_file();
  Result<void> write(const std::string& line);

  std::string directory_;
  std::string path_;
  Instant started_;
  FileDescriptor file_;
  unsigned unflushed_ = 0;
};

}  // namespace backstop::os
