// Reads mailboxes with several threads and counts what is in them.  The result does not depend on
// how many threads there are: each takes a batch of messages, in order, and what it found is
// counted in that order too.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/scan_batch.h"
#include "core/survey/census.h"
#include "core/survey/truth.h"

namespace backstop::app {

struct ScanProgress {
  std::uint64_t messages = 0;
  std::uint64_t backscatter = 0;
  std::uint64_t disk_bytes = 0;
  std::uint64_t disk_bytes_total = 0;  // 0 when it is not known.
};

struct ScanJob {
  std::vector<std::string> paths;
  unsigned threads = 1;  // Besides the caller's; 1 to limits::kSurveyThreads.
  ScanWishes wishes = {};
  // Called by the caller's thread; either may be empty.  `on_rows` gets whole CSV rows in order,
  // `on_progress` comes a few times a second.
  std::function<void(std::string_view)> on_rows = {};
  std::function<void(const ScanProgress&)> on_progress = {};
  // Set by whoever wants it to end early; null when nobody can.
  const std::atomic<bool>* stop = nullptr;
};

struct ScanResult {
  survey::Totals totals;
  survey::TruthTally truth;
  bool complete = true;  // False when it was stopped.
};

// Blocking.  Holds limits::kSurveyBatchesPerThread batches' findings a thread, and one batch's
// bytes.  Exceptions of any thread come out of it.
ScanResult run_scan(const ScanJob& job);

}  // namespace backstop::app
