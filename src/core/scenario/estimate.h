// How much comes back of a spam run: the calculation that every estimate of backscatter rests on,
// with what it assumes and how far off it may be.
//
// Pure; any thread.  Nothing here was measured on the run itself: a range is wide where nobody
// knows.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/result.h"

namespace backstop::scenario {

// A number with the range it may as well have.  low <= value <= high.
struct Ranged {
  double value = 0;
  double low = 0;
  double high = 0;
  bool is_given = false;  // Somebody said it; else it is what was usual elsewhere.
};

// What is known of a run.
struct RunFacts {
  std::optional<double> messages = {};       // Sent in our name; at least 1.
  std::optional<double> undeliverable = {};  // Share of them that cannot be delivered, 0 to 1.
  std::optional<double> backscatter = {};    // Share of those that come back to us, 0 to 1.
  std::optional<double> copies = {};         // Answers to one message that comes back; at least 1.
};

struct Assumptions {
  Ranged messages;
  Ranged undeliverable;
  Ranged backscatter;
  Ranged copies;
  Ranged days;          // In which they come.
  Ranged peak_to_mean;  // How much busier the worst hour is than the mean.
};

struct Estimate {
  std::uint64_t notifications = 0;
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  // A mean hour and the worst.
  Ranged per_hour;
  Ranged peak_hour;
  Assumptions assumptions;
};

// What is not known is as it was in published runs.  A share that somebody gives is taken to be
// right within a quarter; a number of messages or copies to be exact.
// REQUIRES: the facts are in their ranges.
Estimate make_estimate(const RunFacts& facts);

// The other way: how many messages a run had of which so much came back.
struct RunSize {
  std::uint64_t messages = 0;
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  Ranged yield;  // Answers that come back for one message sent.
};
RunSize estimate_run(std::uint64_t received);

// "0.40" and "40%", from 0 to 1.  Errors: Errc::Invalid with a sentence, `where` empty.
Result<double> parse_share(std::string_view text);
// "2000000", "2,000,000", "72k", "2M": a whole number from 1 to 10^12.  Errors likewise.
Result<double> parse_amount(std::string_view text);

}  // namespace backstop::scenario
