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

}  // namespace

std::string render_progress(const ScanProgress& progress, std::chrono::duration<double> elapsed,
                            std::size_t columns, bool utf8) {
  const double seconds = std::max(elapsed.count(), 0.001);
  const double rate = static_cast<double>(progress.disk_bytes) / seconds;
  std::string line;
  const std::uint64_t total = progress.disk_bytes_total;
  if (total > 0) {
    const std::uint64_t done = std::min(progress.disk_bytes, total);
    std::string bar =
        render_bar(done, total, kBarColumns, utf8 ? BarStyle::Blocks : BarStyle::Ascii);
    const auto percent =
        static_cast<unsigned>(100.0 * static_cast<double>(done) / static_cast<double>(total));
    // Eighths of a character: its bytes are not its columns.
    const auto drawn = static_cast<std::size_t>(std::ranges::count_if(
        bar, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    line += fmt::format("[{}{}] {:>3} %  ", bar, std::string(kBarColumns - drawn, ' '), percent);
  }
  line += fmt::format(
      "{}, {} backscatter, {}/s, {}/s", count_of(progress.messages, "message"),
      group_digits(progress.backscatter), size_of(static_cast<std::uint64_t>(rate)),
      group_digits(static_cast<std::uint64_t>(static_cast<double>(progress.messages) / seconds)));
  if (total > progress.disk_bytes && rate > 0 && seconds >= kSecondsBeforeForecast) {
    line += ", " + render_left(static_cast<double>(total - progress.disk_bytes) / rate);
  }
  // Cut by bytes, since the bar alone is more than ASCII and stands first.
  const auto wide = static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  if (wide > columns) line.resize(line.size() - std::min(line.size(), wide - columns));
  return line;
}

ProgressLine::ProgressLine()
    : terminal_(isatty(STDERR_FILENO) == 1), begun_(std::chrono::steady_clock::now()) {}

ProgressLine::~ProgressLine() {
  if (drawn_) fmt::print(stderr, "\r\x1b[K");
}

void ProgressLine::show(const ScanProgress& progress) {
  if (!terminal_) return;
  const Terminal terminal = look_at_terminal(STDERR_FILENO);
  fmt::print(stderr, "\r\x1b[K{}",
             render_progress(progress, std::chrono::steady_clock::now() - begun_,
                             terminal.columns - 1, terminal.utf8));
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace backstop::app
