// The log: lines to standard error (with journald's priorities when it listens) or to syslog.
#pragma once

#include <memory>

#include "ports/log_sink.h"

namespace backstop::os {

enum class LogTarget { Stderr, Syslog };

// Any thread.  Lines below `level` are dropped; Alarm never is.
std::unique_ptr<ports::LogSink> open_log(LogTarget target, ports::LogLevel level);

}  // namespace backstop::os
