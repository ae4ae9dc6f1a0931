#include "app/scan_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "app/bar.h"
#include "app/terminal.h"
#include "app/text_page.h"

namespace backstop::app {
namespace {

constexpr std::size_t kBarColumns = 24;
// Before that, the rate says little.
constexpr double kSecondsBeforeForecast = 1.0;

std::string render_left(double seconds) {
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{} h {:02} min left", whole / 3600, whole / 60 % 60);
  if (whole >= 60) return fmt::format("{} min {:02} s left", whole / 60, whole % 60);
  return fmt::format("{} s left", whole);
}

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// "[####    ]  45 %  "; nothing when nobody knows how much there is.
std::string render_share(std::uint64_t value, std::uint64_t total, bool utf8) {
  if (total == 0) return {};
  const std::uint64_t done = std::min(value, total);
  const std::string bar =
      render_bar(done, total, kBarColumns, utf8 ? BarStyle::Blocks : BarStyle::Ascii);
  const auto percent =
      static_cast<unsigned>(100.0 * static_cast<double>(done) / static_cast<double>(total));
  // Eighths of a character: its bytes are not its columns.
  return fmt::format("[{}{}] {:>3} %  ", bar, std::string(kBarColumns - columns_of(bar), ' '),
                     percent);
}

// Cut by bytes, since the bar alone is more than ASCII and stands first.
std::string cut_line(std::string line, std::size_t columns) {
  const std::size_t wide = columns_of(line);
  if (wide > columns) line.resize(line.size() - std::min(line.size(), wide - columns));
  return line;
}

}  // namespace

std::string render_progress(const ScanProgress& progress, std::chrono::duration<double> elapsed,
                            std::size_t columns, bool utf8) {
  const double seconds = std::max(elapsed.count(), 0.001);
  const double rate = static_cast<double>(progress.disk_bytes) / seconds;
  const std::uint64_t total = progress.disk_bytes_total;
  std::string line = render_share(progress.disk_bytes, total, utf8);
  line += fmt::format(
      "{}, {} backscatter, {}/s, {}/s", count_of(progress.messages, "message"),
      group_digits(progress.backscatter), size_of(static_cast<std::uint64_t>(rate)),
      group_digits(static_cast<std::uint64_t>(static_cast<double>(progress.messages) / seconds)));
  if (total > progress.disk_bytes && rate > 0 && seconds >= kSecondsBeforeForecast) {
    line += ", " + render_left(static_cast<double>(total - progress.disk_bytes) / rate);
  }
  return cut_line(std::move(line), columns);
}

std::string render_row_progress(std::uint64_t rows, std::uint64_t total,
                                std::chrono::duration<double> elapsed, std::size_t columns,
                                bool utf8) {
  const double seconds = std::max(elapsed.count(), 0.001);
  const double rate = static_cast<double>(rows) / seconds;
  std::string line = render_share(rows, total, utf8);
  line += fmt::format("{}, {}/s", count_of(rows, "message"),
                      group_digits(static_cast<std::uint64_t>(rate)));
  if (total > rows && rate > 0 && seconds >= kSecondsBeforeForecast)
    line += ", " + render_left(static_cast<double>(total - rows) / rate);
  return cut_line(std::move(line), columns);
}

ProgressLine::ProgressLine()
    : terminal_(isatty(STDERR_FILENO) == 1), begun_(std::chrono::steady_clock::now()) {}

ProgressLine::~ProgressLine() {
  if (drawn_) fmt::print(stderr, "\r\x1b[K");
}

std::chrono::duration<double> ProgressLine::elapsed() const {
  return std::chrono::steady_clock::now() - begun_;
}

void ProgressLine::draw(const std::string& line) {
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressLine::show(const ScanProgress& progress) {
  if (!terminal_) return;
  const Terminal terminal = look_at_terminal(STDERR_FILENO);
  draw(render_progress(progress, elapsed(), terminal.columns - 1, terminal.utf8));
}

void ProgressLine::show_rows(std::uint64_t rows, std::uint64_t total) {
  if (!terminal_) return;
  const Terminal terminal = look_at_terminal(STDERR_FILENO);
  draw(render_row_progress(rows, total, elapsed(), terminal.columns - 1, terminal.utf8));
}

}  // namespace backstop::app
