// All that `backstop status` found out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/basis.h"
#include "app/canary_state.h"
#include "app/mode_card.h"
#include "core/proof/signing_gap.h"
#include "edge/os/heartbeat.h"

namespace backstop::app {

// What came for a domain, and from it, in a span.
struct Totals {
  std::uint64_t judged = 0;
  std::uint64_t genuine = 0;
  std::uint64_t late = 0;
  std::uint64_t unproven = 0;
  std::uint64_t replayed = 0;
  std::uint64_t forged = 0;
  std::uint64_t refused = 0;
  std::uint64_t would_refuse = 0;          // Not refused, but in enforce it would have been.
  std::uint64_t genuine_would_refuse = 0;  // Of these and the refused: what was genuine or late.
  std::uint64_t signed_out = 0;
  std::uint64_t unsigned_out = 0;
};

struct DomainStatus {
  config::Domain domain;
  Totals day;
  Totals week;
  Totals span;  // Of StatusReport::span_days.
  std::vector<Unmet> unmet;
  std::optional<Instant> enforceable_from;
};

struct LedgerStatus {
  std::uint64_t rows = 0;
  std::uint64_t fingerprints = 0;
  std::optional<Instant> oldest;  // The day of the oldest row.
};

struct HistoryStatus {
  std::uint64_t rows = 0;
  std::optional<Instant> oldest;
  std::optional<Instant> newest;
};

struct KeysStatus {
  unsigned signs = 0;  // The id of the key that emits; 0: none does.
  std::size_t count = 0;
};

struct StatusReport {
  Instant now{};
  std::string store_directory;
  std::optional<os::Beat> beat;
  bool is_running = false;
  std::vector<DomainStatus> domains;
  unsigned span_days = 14;  // As far back as counts go, at most two weeks.
  KeysStatus keys;
  std::optional<LedgerStatus> ledger;
  std::uint64_t ledger_bytes = 0;
  std::optional<HistoryStatus> history;
  std::uint64_t history_bytes = 0;
  std::uint64_t free_bytes = 0;
  bool has_canary = false;              // It is configured.
  std::optional<CanaryState> canary;    // Once it has entered.
  std::vector<proof::SigningGap> gaps;  // That ended in the last week; newest first.
  std::vector<std::string> problems;    // What needs a person, in sentences.
};

StatusReport find_status(const Basis& basis);

// "observe; 61,204 forged and 0 genuine would have been refused in 14 days; to enforce it still
// needs: …"
std::string say_domain(const DomainStatus& status, unsigned span_days);

std::string render_status_page(const StatusReport& report);
// One JSON object on one line, without its end.
std::string render_status_json(const StatusReport& report);

}  // namespace backstop::app
