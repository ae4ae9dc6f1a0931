// How far long work is, on a terminal: one line that is drawn again and again.
#pragma once

#include <chrono>
#include <string>

#include "app/scan_run.h"

namespace backstop::app {

// The line, at most `columns` wide; `elapsed` is since the beginning.
std::string render_progress(const ScanProgress& progress, std::chrono::duration<double> elapsed,
                            std::size_t columns, bool utf8);

// Likewise for rows of a store.
std::string render_row_progress(std::uint64_t rows, std::uint64_t total,
                                std::chrono::duration<double> elapsed, std::size_t columns,
                                bool utf8);

// Draws on standard error, and only when that is a terminal.
class ProgressLine {
 public:
  ProgressLine();
  // Wipes the line.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool is_shown() const { return terminal_; }
  void show(const ScanProgress& progress);
  void show_rows(std::uint64_t rows, std::uint64_t total);

 private:
  std::chrono::duration<double> elapsed() const;
  void draw(const std::string& line);
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace backstop::app
