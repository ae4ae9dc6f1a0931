// What every implementation of ports::Metrics must do.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "core/policy/policy.h"
#include "edge/door/counters.h"
#include "testing/fake_metrics.h"

namespace backstop {
namespace {

using metrics::cell_of;
using metrics::Metric;
using metrics::series;

template <class M>
class MetricsContract : public ::testing::Test {
 protected:
  std::int64_t cell(const metrics::Series& of, std::size_t beyond = 0) const {
    return metrics_.values().at(cell_of(of) + beyond);
  }
  M metrics_;
};
using Implementations = ::testing::Types<door::Counters, testing::FakeMetrics>;
TYPED_TEST_SUITE(MetricsContract, Implementations);

TYPED_TEST(MetricsContract, BeginsWithCountersOfNoughtAndGaugesUnset) {
  const auto values = this->metrics_.values();
  ASSERT_EQ(values.size(), metrics::cell_count());
  for (unsigned i = 0; i < metrics::metric_count(); ++i) {
    const auto metric = static_cast<Metric>(i);
    EXPECT_EQ(values[cell_of({.metric = metric})], metrics::first_value(metric)) << i;
  }
  EXPECT_EQ(this->cell(series(Metric::Domains, policy::Mode::Enforce)), metrics::kUnset);
}

TYPED_TEST(MetricsContract, AddsUpFromManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        this->metrics_.add({.metric = Metric::SignedTotal});
        this->metrics_.add(series(Metric::ConnectionsOpen, 0), 2);
        this->metrics_.add(series(Metric::ConnectionsOpen, 0), -1);
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(this->cell({.metric = Metric::SignedTotal}), 4000);
  EXPECT_EQ(this->cell(series(Metric::ConnectionsOpen, 0)), 4000);
  EXPECT_EQ(this->cell({.metric = Metric::UnsignedTotal}), 0);
}

TYPED_TEST(MetricsContract, SetsAndForgetsAGauge) {
  this->metrics_.set({.metric = Metric::Keys}, 3);
  EXPECT_EQ(this->cell({.metric = Metric::Keys}), 3);
  this->metrics_.unset({.metric = Metric::Keys});
  EXPECT_EQ(this->cell({.metric = Metric::Keys}), metrics::kUnset);
}

TYPED_TEST(MetricsContract, PutsADurationIntoItsBucketAndTheSum) {
  const auto ledger = series(Metric::QuestionSeconds, metrics::Question::Ledger);
  this->metrics_.observe(ledger, std::chrono::microseconds(50));
  this->metrics_.observe(ledger, std::chrono::hours(1));
  EXPECT_EQ(this->cell(ledger, 0), 0);
  EXPECT_EQ(this->cell(ledger, 1), 1);
  EXPECT_EQ(this->cell(ledger, metrics::kBuckets.size()), 1);
  EXPECT_EQ(this->cell(ledger, metrics::kBuckets.size() + 1), 3'600'000'050'000);
  EXPECT_EQ(this->cell(series(Metric::QuestionSeconds, metrics::Question::Permit), 1), 0);
}

}  // namespace
}  // namespace backstop
