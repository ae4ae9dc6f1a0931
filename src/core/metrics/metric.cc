#include "core/metrics/metric.h"

#include <algorithm>
#include <vector>

#include "core/base/assert.h"
#include "core/policy/policy.h"
#include "core/policy/reason.h"
#include "core/proof/token.h"
#include "core/reading/reading.h"
#include "core/transaction/record.h"

namespace backstop::metrics {
namespace {

constexpr auto kInfos = std::to_array<Info>({
#define BACKSTOP_METRIC(enumerator, name, type, first, second, help) \
  {name, Type::type, {Label::first, Label::second}, help},
#include "core/metrics/metrics.inc"
#undef BACKSTOP_METRIC
});

// The names of an enumeration from its first value to `last`.
template <class Enum>
std::vector<std::string_view> names_up_to(Enum last) {
  std::vector<std::string_view> out;
  for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i)
    out.push_back(name_of(static_cast<Enum>(i)));
  return out;
}

std::vector<std::string_view> make_values(Label label) {
  switch (label) {
    case Label::None:
      return {""};
    case Label::Version:
      return {BACKSTOP_VERSION};
    case Label::Direction:
      return names_up_to(transaction::Direction::Canary);
    case Label::Verdict:
      return names_up_to(policy::Verdict::Forged);
    case Label::Decision:
      return names_up_to(policy::Decision::Refuse);
    case Label::Kind:
      return names_up_to(reading::Kind::Ordinary);
    case Label::Reason:
      return names_up_to(static_cast<policy::Reason>(policy::reason_count() - 1));
    case Label::Result:
      return names_up_to(proof::ProofResult::Unavailable);
    case Label::Mode:
      return names_up_to(policy::Mode::Enforce);
    case Label::Proof:
      return {"token", "ledger", "dkim", "tag"};
    case Label::Question:
      return {"permit", "ledger", "dkim-key", "canary-pass"};
    case Label::Outcome:
      return {"ok", "failed"};
    case Label::Twin:
      return {"genuine", "forged", "tag"};
    case Label::Try:
      return {"passed", "unreached", "wrong"};
    case Label::Door:
      return {"milter", "socketmap", "policy", "line", "rspamd", "metrics", "other"};
  }
  BS_ASSERT(false);
}

constexpr std::size_t kLabels = static_cast<std::size_t>(Label::Door) + 1;

std::size_t cells_per_series(Type type) {
  return type == Type::Histogram ? kBuckets.size() + 2 : 1;
}

struct Layout {
  std::array<std::size_t, kInfos.size()> first{};
  std::size_t cells = 0;
};

const Layout& layout() {
  static const Layout kLayout = [] {
    Layout out;
    for (std::size_t i = 0; i < kInfos.size(); ++i) {
      out.first[i] = out.cells;
      const auto& [first, second] = kInfos[i].labels;
      out.cells +=
          values_of(first).size() * values_of(second).size() * cells_per_series(kInfos[i].type);
    }
    return out;
  }();
  return kLayout;
}

}  // namespace

std::string_view name_of(Type type) {
  switch (type) {
    case Type::Counter:
      return "counter";
    case Type::Gauge:
      return "gauge";
    case Type::Histogram:
      return "histogram";
  }
  BS_ASSERT(false);
}

std::string_view name_of(Label label) {
  static constexpr std::array<std::string_view, kLabels> kNames = {
      "",     "version", "direction", "verdict", "decision", "kind", "reason", "result",
      "mode", "proof",   "question",  "outcome", "twin",     "try",  "door"};
  return kNames.at(static_cast<std::size_t>(label));
}

std::span<const std::string_view> values_of(Label label) {
  static const std::array<std::vector<std::string_view>, kLabels> kValues = [] {
    std::array<std::vector<std::string_view>, kLabels> out;
    for (std::size_t i = 0; i < kLabels; ++i)
      out[i] = make_values(static_cast<Label>(i));
    return out;
  }();
  return kValues.at(static_cast<std::size_t>(label));
}

std::uint8_t index_of(Label label, std::string_view value) {
  const auto values = values_of(label);
  const auto found = std::ranges::find(values, value);
  const auto at =
      found == values.end() ? values.size() - 1 : static_cast<std::size_t>(found - values.begin());
  return static_cast<std::uint8_t>(at);
}

const Info& info_of(Metric metric) {
  return kInfos.at(static_cast<std::size_t>(metric));
}

unsigned metric_count() {
  return static_cast<unsigned>(kInfos.size());
}

std::size_t bucket_of(std::chrono::nanoseconds took) {
  return static_cast<std::size_t>(std::ranges::lower_bound(kBuckets, took) - kBuckets.begin());
}

std::size_t cell_of(const Series& series) {
  const Info& info = info_of(series.metric);
  const std::size_t seconds = values_of(info.labels[1]).size();
  BS_ASSERT(series.first < values_of(info.labels[0]).size() && series.second < seconds);
  return layout().first.at(static_cast<std::size_t>(series.metric)) +
         (series.first * seconds + series.second) * cells_per_series(info.type);
}

std::size_t cell_count() {
  return layout().cells;
}

std::int64_t first_value(Metric metric) {
  return info_of(metric).type == Type::Gauge ? kUnset : 0;
}

}  // namespace backstop::metrics
