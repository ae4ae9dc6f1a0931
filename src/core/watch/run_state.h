// One run while it lasts: everything that is counted of it, in a fixed room.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/tally.h"
#include "core/base/watch_limits.h"
#include "core/watch/event.h"
#include "core/watch/run.h"
#include "core/watch/run_clock.h"
#include "core/watch/sketch.h"

namespace backstop::watch {

// An address, or an address and a server, that came so often is the run's own.
inline constexpr std::uint32_t kHeldAddress = 3;

// How often each of some hashes came; those that came seldom are forgotten when it is full, and
// when too few did nothing further is taken in.
class HeldHashes {
 public:
  // True when it is held from now on.
  bool add(std::uint64_t hash, std::uint32_t times = 1);
  bool holds(std::uint64_t hash) const {
    const auto found = counts_.find(hash);
    return found != counts_.end() && found->second >= kHeldAddress;
  }
  const std::unordered_map<std::uint64_t, std::uint32_t>& all() const { return counts_; }

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> counts_;
  bool is_closed_ = false;
};

// What is known of who an event is about, hashed once.
struct EventKeys {
  std::uint64_t client = 0;
  std::uint64_t site = 0;
  std::uint64_t address = 0;
  std::uint64_t pair = 0;  // Of the address and the client.
};

struct Run {
  std::uint32_t id = 0;
  Second first = 0;
  Second last = 0;
  std::uint64_t messages = 0;
  std::uint64_t returned = 0;
  std::uint64_t refused = 0;
  std::uint64_t to_unknown = 0;
  std::uint64_t source_knew = 0;
  std::uint64_t with_text = 0;  // Messages whose text was looked at.
  std::uint64_t names_us = 0;   // Of these, by text or link.
  std::array<std::uint64_t, reading::kKindCount> kinds{};
  std::array<std::uint64_t, reading::kFailureReasonCount> reasons{};
  std::array<std::uint64_t, 4> address_states{};
  std::array<std::uint64_t, kAddressPatterns> patterns{};
  Second hour = 0;  // Hours since 1970.
  std::uint64_t hour_count = 0;
  std::uint64_t busiest_hour = 0;
  Sketch addresses;
  Sketch clients;
  RecentNames<8> naming_sites;  // Whose answers name us.
  RecentNames<4> few_addresses;
  RecentNames<32> domains_seen;
  std::uint32_t domain_count = 0;  // More than there are, past 32.
  HeldHashes held_addresses;
  HeldHashes held_pairs;
  Tally domains{limits::kWatchRunNames};
  Tally siblings{limits::kWatchRunNames};
  Tally languages{limits::kWatchRunNames};
  Tally sources{limits::kWatchRunNames};
  Tally knowing_sources{limits::kWatchRunNames};
  RunClock clock;
  std::vector<std::uint64_t> features;  // Hashes of its marks.
  // Since they were taken last.
  bool are_marks_new = true;
  bool are_addresses_new = false;

  std::uint64_t answers() const { return messages + refused; }
  void count_message(const Event& event, const EventKeys& keys, Second at, bool has_features);
  void count_refused(const Event& event, const EventKeys& keys, Second at);
  // Everything of another run is of this one too.
  void merge(const Run& other);

 private:
  void count_answer(const Event& event, const EventKeys& keys, Second at);
};

}  // namespace backstop::watch
