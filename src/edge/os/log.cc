#include "edge/os/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <string>

namespace backstop::os {
namespace {

spdlog::level::level_enum level_of(ports::LogLevel level) {
  switch (level) {
    case ports::LogLevel::Debug:
      return spdlog::level::debug;
    case ports::LogLevel::Info:
      return spdlog::level::info;
    case ports::LogLevel::Warning:
      return spdlog::level::warn;
    case ports::LogLevel::Error:
      return spdlog::level::err;
    case ports::LogLevel::Alarm:
      break;
  }
  return spdlog::level::critical;
}

// sd-daemon(3): a stream that journald reads takes the priority from "<N>" at the line's front.
std::string_view prefix_of(ports::LogLevel level) {
  switch (level) {
    case ports::LogLevel::Debug:
      return "<7>";
    case ports::LogLevel::Info:
      return "<6>";
    case ports::LogLevel::Warning:
      return "<4>";
    case ports::LogLevel::Error:
      return "<3>";
    case ports::LogLevel::Alarm:
      break;
  }
  return "<1>";
}

class SpdlogSink : public ports::LogSink {
 public:
  SpdlogSink(std::shared_ptr<spdlog::logger> logger, bool to_journal)
      : logger_(std::move(logger)), to_journal_(to_journal) {}

  void write(ports::LogLevel level, std::string_view line) override {
    if (!logger_->should_log(level_of(level))) return;
    if (to_journal_) {
      std::string prefixed(prefix_of(level));
      prefixed += line;
      logger_->log(level_of(level), spdlog::string_view_t(prefixed.data(), prefixed.size()));
    } else {
      logger_->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
    }
  }

 private:
  std::shared_ptr<spdlog::logger> logger_;
  bool to_journal_;
};

}  // namespace

std::unique_ptr<ports::LogSink> open_log(LogTarget target, ports::LogLevel level) {
  std::shared_ptr<spdlog::logger> logger;
  if (target == LogTarget::Syslog) {
    logger = std::make_shared<spdlog::logger>(
        "backstopd",
        std::make_shared<spdlog::sinks::syslog_sink_mt>("backstopd", LOG_PID, LOG_MAIL, false));
  } else {
    logger = std::make_shared<spdlog::logger>("backstopd",
                                              std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%v");
  }
  logger->set_level(level_of(level));
  // A log that cannot be written must never stop mail.
  logger->set_error_handler([](const std::string&) {});
  const bool to_journal = target == LogTarget::Stderr && std::getenv("JOURNAL_STREAM") != nullptr;
  return std::make_unique<SpdlogSink>(std::move(logger), to_journal);
}

}  // namespace backstop::os
