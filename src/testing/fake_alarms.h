// Alarms that a test can look at.
#pragma once

#include <fmt/core.h>

#include <mutex>
#include <string_view>
#include <vector>

#include "core/alarm/book.h"
#include "ports/alarms.h"
#include "ports/log_sink.h"

namespace backstop::testing {

// Any thread.
class FakeAlarms final : public ports::Alarms {
 public:
  // `log` outlives this.
  explicit FakeAlarms(ports::LogSink& log) : log_(log) {}

  void raise(alarm::Alarm alarm, std::string_view sentence) override {
    {
      const std::scoped_lock lock(mutex_);
      book_.raise(alarm, sentence, Instant{});
    }
    log_.write(ports::LogLevel::Alarm,
               fmt::format("alarm: {} [{}]", sentence, alarm::name_of(alarm)));
  }
  void end(alarm::Alarm alarm, std::string_view sentence) override {
    {
      const std::scoped_lock lock(mutex_);
      if (!book_.end(alarm, sentence, Instant{})) return;
    }
    log_.write(ports::LogLevel::Info,
               fmt::format("alarm over: {} [{}]", sentence, alarm::name_of(alarm)));
  }

  bool is_open(alarm::Alarm alarm) const {
    const std::scoped_lock lock(mutex_);
    return book_.is_open(alarm);
  }
  std::vector<alarm::Standing> standings() const {
    const std::scoped_lock lock(mutex_);
    return book_.standings();
  }

 private:
  ports::LogSink& log_;
  mutable std::mutex mutex_;
  alarm::Book book_;
};

}  // namespace backstop::testing
