// The alarms of the daemon: each is told in the log and counted at once, and once a second kept
// where `backstop status` reads it and told to the operator's hooks.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/alarm/book.h"
#include "core/base/result.h"
#include "ports/alarms.h"
#include "ports/clock.h"
#include "ports/log_sink.h"
#include "ports/metrics.h"

namespace backstop::app {

// The file of the store's directory that holds them (docs/formats/alarms.md).
inline constexpr std::string_view kAlarmFile = "alarms";

// What the file says; none when it is not there.  Errors: as of os::read_text_file.
Result<std::vector<alarm::Standing>> read_alarms(const std::string& directory);

class AlarmBoard final : public ports::Alarms {
 public:
  using Hook = std::function<void(const alarm::Notice&)>;

  // Takes over what an earlier life left in `directory`; "" keeps nothing.  All references outlive
  // this.
  AlarmBoard(std::string directory, const ports::Clock& clock, ports::Metrics& metrics,
             ports::LogSink& log);

  // Who is told; called within beat(), may not wait.  Before the first beat.
  void add(Hook hook) { hooks_.push_back(std::move(hook)); }

  void raise(alarm::Alarm alarm, std::string_view sentence) override;
  void end(alarm::Alarm alarm, std::string_view sentence) override;

  // Every second, and once more at the end; one thread.  Writes to the disk when something changed.
  void beat(Instant now);
  std::vector<alarm::Standing> standings() const;

 private:
  // Lines in the log within a minute.
  struct Lines {
    Instant since{};
    unsigned raised = 0;
    unsigned ended = 0;
  };

  bool take_line(alarm::Alarm alarm, unsigned Lines::* which, Instant now);
  void count(alarm::Alarm alarm, bool is_open, bool is_raised);
  void write_file();

  const std::string directory_;
  const ports::Clock& clock_;
  ports::Metrics& metrics_;
  ports::LogSink& log_;
  const Instant started_;
  std::vector<Hook> hooks_;
  std::string trouble_;    // With the file; told and not over.
  std::string written_;    // What stands in the file.
  bool is_unread_ = true;  // Nothing was written yet.

  mutable std::mutex mutex_;  // Guards what follows.
  alarm::Book book_;
  std::array<Lines, alarm::kAlarmsMost> lines_{};
  std::atomic<std::uint64_t> open_{0};  // A bit for each that stands, so that end() costs a load.
};

}  // namespace backstop::app
