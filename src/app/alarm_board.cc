#include "app/alarm_board.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/escape.h"
#include "core/base/limits.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

using alarm::Alarm;
using metrics::Metric;
using ports::LogLevel;

constexpr std::uint32_t kAlarmFileMode = 0640;
constexpr Seconds kLineSpan{60};

std::uint64_t bit_of(Alarm alarm) {
  return std::uint64_t{1} << static_cast<unsigned>(alarm);
}

std::string path_of(const std::string& directory) {
  return fmt::format("{}/{}", directory, kAlarmFile);
}

}  // namespace

Result<std::vector<alarm::Standing>> read_alarms(const std::string& directory) {
  const auto text = os::read_text_file(path_of(directory), limits::kAlarmFileBytes);
  if (!text && text.error().code == Errc::NotFound) return std::vector<alarm::Standing>();
  if (!text) return tl::unexpected<Error>(text.error());
  return alarm::parse_standings(*text);
}

AlarmBoard::AlarmBoard(std::string directory, const ports::Clock& clock, ports::Metrics& metrics,
                       ports::LogSink& log)
    : directory_(std::move(directory)),
      clock_(clock),
      metrics_(metrics),
      log_(log),
      started_(clock.now()) {
  for (unsigned i = 0; i < alarm::alarm_count(); ++i)
    metrics_.set(metrics::series(Metric::Alarm, i), 0);
  if (directory_.empty()) return;
  const auto left = read_alarms(directory_);
  // What cannot be read is written anew; the log has all of it.
  if (!left) {
    log_.write(LogLevel::Warning, fmt::format("the alarms of before cannot be read: {}",
                                              escape_terminal(left.error().text())));
    return;
  }
  book_.restore(*left);
  for (const alarm::Standing& standing : *left) {
    if (!standing.is_open) continue;
    open_ |= bit_of(standing.alarm);
    count(standing.alarm, true, false);
  }
}

// Any number of alarms may be raised; the log has room for other things as well.
// REQUIRES: mutex_ is held.
bool AlarmBoard::take_line(Alarm alarm, unsigned Lines::* which, Instant now) {
  Lines& lines = lines_.at(static_cast<std::size_t>(alarm));
  if (now >= lines.since + kLineSpan || now < lines.since) lines = {.since = now};
  return ++(lines.*which) <= limits::kAlarmLinesPerMinute;
}

void AlarmBoard::count(Alarm alarm, bool is_open, bool is_raised) {
  metrics_.set(metrics::series(Metric::Alarm, alarm), is_open ? 1 : 0);
  if (is_raised) metrics_.add(metrics::series(Metric::AlarmsTotal, alarm));
}

void AlarmBoard::raise(Alarm alarm, std::string_view sentence) {
  const Instant now = clock_.now();
  bool is_told = false;
  {
    const std::scoped_lock lock(mutex_);
    book_.raise(alarm, sentence, now);
    open_ |= bit_of(alarm);
    count(alarm, true, true);
    is_told = take_line(alarm, &Lines::raised, now);
  }
  if (is_told)
    log_.write(LogLevel::Alarm, fmt::format("alarm: {} [{}]", sentence, alarm::name_of(alarm)));
}

void AlarmBoard::end(Alarm alarm, std::string_view sentence) {
  if ((open_.load(std::memory_order_relaxed) & bit_of(alarm)) == 0) return;
  const Instant now = clock_.now();
  bool is_told = false;
  {
    const std::scoped_lock lock(mutex_);
    if (!book_.end(alarm, sentence, now)) return;
    open_ &= ~bit_of(alarm);
    count(alarm, false, false);
    is_told = take_line(alarm, &Lines::ended, now);
  }
  if (!is_told) return;
  log_.write(LogLevel::Info, fmt::format("alarm over: {}{}[{}]", sentence,
                                         sentence.empty() ? "" : " ", alarm::name_of(alarm)));
}

void AlarmBoard::beat(Instant now) {
  std::vector<Alarm> quiet;
  std::vector<alarm::Notice> due;
  {
    const std::scoped_lock lock(mutex_);
    quiet = book_.end_quiet(started_, now);
    for (const Alarm alarm : quiet) {
      open_ &= ~bit_of(alarm);
      count(alarm, false, false);
    }
    due = book_.take_due(now);
  }
  for (const Alarm alarm : quiet)
    log_.write(LogLevel::Info,
               fmt::format("alarm over: it was not raised again [{}]", alarm::name_of(alarm)));
  for (const alarm::Notice& notice : due)
    for (const Hook& hook : hooks_)
      hook(notice);
  if (!directory_.empty()) write_file();
}

std::vector<alarm::Standing> AlarmBoard::standings() const {
  const std::scoped_lock lock(mutex_);
  return book_.standings();
}

void AlarmBoard::write_file() {
  std::string text = alarm::render_standings(standings());
  if (!is_unread_ && text == written_) return;
  if (is_unread_ && text.empty()) return;
  const auto written = os::write_text_file(path_of(directory_), text, kAlarmFileMode);
  const std::string trouble = written ? std::string() : written.error().text();
  if (written) {
    is_unread_ = false;
    written_ = std::move(text);
  }
  if (trouble == std::exchange(trouble_, trouble) || trouble.empty()) return;
  log_.write(LogLevel::Error,
             fmt::format("the alarms cannot be kept for `backstop status`, and are tried again "
                         "every second: {}",
                         escape_terminal(trouble)));
}

}  // namespace backstop::app
