// What every implementation of ports::Containment must do.
#include <gtest/gtest.h>

#include <memory>

#include "app/run_containment.h"
#include "testing/fake_alarms.h"
#include "testing/fake_containment.h"
#include "testing/fake_log.h"
#include "testing/temporary_directory.h"

namespace backstop {
namespace {

const Instant kNow = *parse_instant("2026-11-22T02:00:00Z");

config::Config config_of(const std::string& directory, unsigned unproven_per_hour) {
  config::Config config;
  config.store_directory = directory;
  config.samples.per_minute = 1;
  config.unproven_per_hour = unproven_per_hour;
  return config;
}

template <class C>
class ContainmentContract : public ::testing::Test {
 protected:
  std::unique_ptr<C> make(unsigned unproven_per_hour) {
    if constexpr (std::is_same_v<C, app::RunContainment>) {
      return std::make_unique<C>(config_of(directory_.path(), unproven_per_hour), alarms_, log_,
                                 kNow);
    } else {
      auto made = std::make_unique<C>(unproven_per_hour);
      made->set_room(true);
      return made;
    }
  }
  testing::TemporaryDirectory directory_;
  testing::FakeLog log_;
  testing::FakeAlarms alarms_{log_};
};
using Implementations = ::testing::Types<app::RunContainment, testing::FakeContainment>;
TYPED_TEST_SUITE(ContainmentContract, Implementations);

TYPED_TEST(ContainmentContract, LimitsTheUnprovenMailOfOneAddressWithinAnHour) {
  const auto one = this->make(2);
  const auto alice = *mail::parse_path("alice@shop.test");
  EXPECT_FALSE(one->is_over_rate(alice, kNow));
  one->add_unproven(alice, kNow);
  EXPECT_FALSE(one->is_over_rate(alice, kNow));
  one->add_unproven(*mail::parse_path("Alice@SHOP.test"), kNow);
  EXPECT_TRUE(one->is_over_rate(alice, kNow));
  EXPECT_FALSE(one->is_over_rate(*mail::parse_path("bob@shop.test"), kNow));
}

TYPED_TEST(ContainmentContract, LimitsNobodyWhereNothingIsConfigured) {
  const auto one = this->make(0);
  const auto alice = *mail::parse_path("alice@shop.test");
  for (int i = 0; i < 1000; ++i)
    one->add_unproven(alice, kNow);
  EXPECT_FALSE(one->is_over_rate(alice, kNow));
}

TYPED_TEST(ContainmentContract, WhatHasRoomIsKeptAndAskingTakesNone) {
  const auto one = this->make(0);
  for (int i = 0; i < 100; ++i)
    EXPECT_NE(one->find_room(kNow), nullptr);
  transaction::KeepSample sample;
  sample.bytes = "Subject: x\r\n\r\nbody\r\n";
  EXPECT_TRUE(one->keep(std::move(sample), "4Bx", kNow));
}

TYPED_TEST(ContainmentContract, CountsDeedsOfRulesItDoesNotKnow) {
  const auto one = this->make(0);
  one->count({.rule = 7, .deed = transaction::RuleDeed::Held}, kNow);
}

}  // namespace
}  // namespace backstop
