// Collects log lines.
#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "ports/log_sink.h"

namespace backstop::testing {

// Any thread.
class FakeLog final : public ports::LogSink {
 public:
  struct Line {
    ports::LogLevel level;
    std::string text;
  };

  void write(ports::LogLevel level, std::string_view line) override {
    const std::scoped_lock lock(mutex_);
    lines_.push_back({level, std::string(line)});
  }

  std::vector<Line> lines() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
  }
  // How many lines contain `part`.
  std::size_t count(std::string_view part) const {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count_if(
        lines_, [&](const Line& line) { return line.text.find(part) != std::string::npos; }));
  }
  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return lines_.size();
  }
  // All lines, one a row, for a failing test to show.
  std::string text() const {
    const std::scoped_lock lock(mutex_);
    std::string all;
    for (const Line& line : lines_)
      all += line.text + '\n';
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

}  // namespace backstop::testing
