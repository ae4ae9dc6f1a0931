// Judges what the history remembers again, and counts what comes out otherwise.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/replay/replay.h"
#include "edge/store/history_scan.h"

namespace backstop::app {

// Messages held to be shown first, since they would be lost.
inline constexpr std::size_t kHarmHeld = 1000;
inline constexpr std::size_t kDecisions = 5;  // policy::Decision

// A message that comes out otherwise.
struct Difference {
  Instant at{};
  std::string queue_id;
  std::vector<std::string> recipients;  // As the history shows them.
  std::uint32_t recipient_count = 0;
  std::string kind;
  struct Side {
    std::string verdict, decision, enforced, reasons;
  };
  Side then, now;
  bool is_harmful = false;  // replay::Replayed::is_harmful
};

struct DomainReplay {
  std::uint64_t messages = 0;
  std::uint64_t differ = 0;
  std::array<std::uint64_t, kDecisions> then{};
  std::array<std::uint64_t, kDecisions> now{};
  std::uint64_t harmful = 0;
};

struct ReplayResult {
  Instant from{};
  Instant to{};
  std::uint64_t messages = 0;
  std::uint64_t differ = 0;
  std::uint64_t harmful = 0;
  std::array<std::uint64_t, replay::kUnknownCount> unknown{};
  // By domain of ours; a message to two of them counts for both.
  std::map<std::string, DomainReplay, std::less<>> domains;
  std::vector<Difference> harm;  // The first kHarmHeld of them.
  std::vector<std::string_view> not_replayed;
};

struct ReplayJob {
  Instant from{};
  Instant to{};
  // Called now and then with the messages judged so far; may be empty.
  std::function<void(std::uint64_t)> on_progress = {};
};

// Errors: as HistoryScan::visit.
Result<ReplayResult> run_replay(store::HistoryScan& scan, replay::Replay& replay,
                                const ReplayJob& job);

// Every message that comes out otherwise, in order of time; those of `result.harm` are left out.
// Errors: as HistoryScan::visit.
Result<void> visit_differences(store::HistoryScan& scan, replay::Replay& replay,
                               const ReplayResult& result,
                               const std::function<void(const Difference&)>& visit);

}  // namespace backstop::app
