// What is counted, for Prometheus: names, labels and help.  The one table is metrics.tsv.
//
// Every label has a closed list of values, so all series there can ever be are known beforehand,
// and each has its cells: one, or for a histogram one a bucket and one for the sum.  No address,
// client or domain can become a label.
//
// Pure; any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace backstop::metrics {

enum class Metric : std::uint8_t {
#define BACKSTOP_METRIC(enumerator, name, type, first, second, help) enumerator,
#include "core/metrics/metrics.inc"
#undef BACKSTOP_METRIC
};

enum class Type : std::uint8_t { Counter, Gauge, Histogram };
std::string_view name_of(Type type);

enum class Label : std::uint8_t {
  None,
  Version,
  Direction,  // transaction::Direction
  Verdict,    // policy::Verdict
  Decision,   // policy::Decision
  Kind,       // reading::Kind
  Reason,     // policy::Reason
  Result,     // proof::ProofResult
  Mode,       // policy::Mode
  Proof,      // Proof
  Question,   // Question
  Outcome,    // Outcome
  Twin,       // Twin
  Try,        // Try
  Door,       // As doors name themselves (door::Door::name); "other" for one that is not listed.
};
enum class Proof : std::uint8_t { Token, Ledger, Dkim, Tag };
enum class Question : std::uint8_t { Permit, Ledger, DkimKey, CanaryPass };
enum class Outcome : std::uint8_t { Ok, Failed };
// What the canary sends in: its two bounces, and tags at RCPT.
enum class Twin : std::uint8_t { Genuine, Forged, Tag };
// How it fared: put off or not let in is "unreached".
enum class Try : std::uint8_t { Passed, Unreached, Wrong };

std::string_view name_of(Label label);
// In the order of the enumeration; one empty value for None.
std::span<const std::string_view> values_of(Label label);
// The value's place in the list; that of the last one when it is not there.
std::uint8_t index_of(Label label, std::string_view value);

struct Info {
  std::string_view name;
  Type type = Type::Counter;
  std::array<Label, 2> labels{};
  std::string_view help;
};
const Info& info_of(Metric metric);
unsigned metric_count();

// One series: the places of its labels' values in their lists.
struct Series {
  Metric metric;
  std::uint8_t first = 0;
  std::uint8_t second = 0;
};
// For labels that follow an enumeration.
template <class A>
constexpr Series series(Metric metric, A a) {
  return {.metric = metric, .first = static_cast<std::uint8_t>(a)};
}
template <class A, class B>
constexpr Series series(Metric metric, A a, B b) {
  return {.metric = metric,
          .first = static_cast<std::uint8_t>(a),
          .second = static_cast<std::uint8_t>(b)};
}

// Of histograms: inclusive upper bounds; one more bucket has no bound.  From an answer that stood
// in memory to one that took as long as may be waited for (limits::kAskWait).
inline constexpr std::array<std::chrono::nanoseconds, 8> kBuckets = {
    std::chrono::microseconds(10), std::chrono::microseconds(100), std::chrono::milliseconds(1),
    std::chrono::milliseconds(5),  std::chrono::milliseconds(25),  std::chrono::milliseconds(100),
    std::chrono::seconds(1),       std::chrono::seconds(5)};
// The bucket of a duration: 0 to kBuckets.size().
std::size_t bucket_of(std::chrono::nanoseconds took);

// The first cell of a series; a histogram's buckets follow one another, then its sum in
// nanoseconds. REQUIRES: the labels' places are within their lists.
std::size_t cell_of(const Series& series);
std::size_t cell_count();
// What stands in the cell of a gauge that nobody has set: it is not shown.
inline constexpr std::int64_t kUnset = std::numeric_limits<std::int64_t>::min();
// What the cells hold in the beginning: 0, and kUnset for gauges.
std::int64_t first_value(Metric metric);

}  // namespace backstop::metrics
