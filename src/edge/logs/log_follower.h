// Follows a mail server's log while it grows.  It is looked at, not watched: poll() once a second
// or so costs a few system calls when nothing is new.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "edge/logs/log_line.h"

namespace backstop::logs {

// One thread.
//
// Invariants
//   (1) A log that was renamed away is read to its end before the new one is begun at its start.
//   (2) One that was cut short (copytruncate) is read again from its start.
//   (3) A line without its end is kept until the end comes.
//   (4) No poll reads more than limits::kLogPollBytes.
class LogFollower {
 public:
  enum class From : std::uint8_t {
    End,    // What is there when it is first found is old.
    Start,  // Everything counts.
  };

  // Nothing is opened yet; the file need not be there.
  explicit LogFollower(std::string path, From from = From::End, LogZone zone = LogZone::Local);
  ~LogFollower();
  LogFollower(LogFollower&&) noexcept;
  LogFollower& operator=(LogFollower&&) noexcept;

  struct Polled {
    std::size_t lines = 0;   // All that were new.
    std::size_t parsed = 0;  // Those of them that `on_line` was given.
    bool more = false;       // The limit was reached: there is more to read at once.
    // Why there is nothing to read ("No such file or directory"); "" while it is open.
    std::string trouble;
  };
  // Reads what is new and hands out the lines that tell of a message; their views are valid during
  // the call only.
  Polled poll(Instant now, const std::function<void(const LogLine&)>& on_line);

  const std::string& path() const { return path_; }

 private:
  struct File;
  bool open_file(bool from_start, std::string& trouble);
  void read_file(Polled& polled, const std::function<void(const LogLine&)>& on_line);
  bool was_replaced() const;

  std::string path_;
  From from_;
  LineParser parser_;
  std::unique_ptr<File> file_;
  bool seen_before_ = false;  // It was there once: whatever comes next is new.
};

}  // namespace backstop::logs
