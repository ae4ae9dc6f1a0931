// Where log lines go.
#pragma once

#include <string_view>

namespace backstop::ports {

enum class LogLevel { Debug, Info, Warning, Error, Alarm };

// Any thread.  A line that cannot be written is lost; writing never fails.
class LogSink {
 public:
  virtual ~LogSink() = default;
  // `line`: one line without its end, every foreign value in it already escaped
  // (core/base/escape.h).
  virtual void write(LogLevel level, std::string_view line) = 0;
};

}  // namespace backstop::ports
