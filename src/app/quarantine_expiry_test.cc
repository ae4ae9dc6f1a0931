#include "app/quarantine_expiry.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <set>

namespace backstop::app {
namespace {

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();
constexpr std::chrono::hours kHour{1};

class Queue final : public mta::HeldQueue {
 public:
  std::string_view server() const override { return "Postfix"; }
  Result<mta::HeldListing> list() override { return mta::HeldListing(); }
  Result<mta::HeldText> read_header(const std::string& queue_id) override {
    const bool judged = unjudged.find(queue_id) == unjudged.end();
    return mta::HeldText{.text = judged ? "Backstop-Verdict: unproven\n" : "Subject: x\n"};
  }
  Result<mta::HeldText> read_message(const std::string& queue_id) override {
    return read_header(queue_id);
  }
  Result<void> release(const mta::HeldMessage&, Instant) override { return {}; }
  Result<void> drop(const mta::HeldMessage& message) override {
    dropped.insert(message.queue_id);
    return {};
  }

  std::set<std::string, std::less<>> unjudged;
  std::set<std::string, std::less<>> dropped;
};

class QuarantineExpiry : public ::testing::Test {
 protected:
  QuarantineExpiry() {
    std::string pattern = (std::filesystem::temp_directory_path() / "backstop-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    config_.store_directory = pattern;
    config_.quarantine_notifies = false;
    hold("OLD01", kNow - Days{31});
    hold("FRESH1", kNow - Days{5});
  }
  ~QuarantineExpiry() override { std::filesystem::remove_all(config_.store_directory); }

  void hold(const std::string& id, Instant arrived) {
    Held held;
    held.message.queue_id = id;
    held.message.arrived = arrived;
    held.is_ours = true;
    held.verdict = "unproven";
    held.kind = "bounce";
    held.expires = arrived + Days{30};
    survey_.held.push_back(held);
  }

  // How many go in a run at that time.
  std::size_t run(Instant now) {
    auto book = read_held_book(config_.store_directory);
    EXPECT_TRUE(book);
    Expiry expiry{.config = config_,
                  .root = root_,
                  .queue = queue_,
                  .survey = survey_,
                  .book = *std::move(book),
                  .now = now};
    const std::size_t would = look_for_expired(expiry).expired;
    const auto done = expire(expiry);
    EXPECT_TRUE(done);
    if (queue_.unjudged.empty()) {
      EXPECT_EQ(would, done->expired);
    }
    std::erase_if(survey_.held, [&](const Held& held) {
      return queue_.dropped.find(held.message.queue_id) != queue_.dropped.end();
    });
    return done->expired;
  }
  // Runs each hour, from one to the other.
  std::size_t run_hourly(Instant from, Instant to) {
    std::size_t out = 0;
    for (Instant now = from; now <= to; now += kHour)
      out += run(now);
    return out;
  }

  const std::string root_ = "/";
  config::Config config_;
  Queue queue_;
  HeldSurvey survey_;
};

TEST_F(QuarantineExpiry, DropsWhatWasOverdueADayAgoAsWell) {
  EXPECT_EQ(run_hourly(kNow, kNow + 23 * kHour), 0U);
  EXPECT_EQ(run(kNow + 24 * kHour), 1U);
  EXPECT_EQ(queue_.dropped, (std::set<std::string, std::less<>>{"OLD01"}));
}

TEST_F(QuarantineExpiry, DropsNothingByAClockThatIsAheadForAWhile) {
  EXPECT_EQ(run_hourly(kNow, kNow + 24 * kHour), 1U);
  EXPECT_EQ(run_hourly(kNow + Days{60}, kNow + Days{60} + 20 * kHour), 0U);
  // Set right again: what was written down by the wrong one counts for nothing, then or later.
  EXPECT_EQ(run_hourly(kNow + Days{2}, kNow + Days{24}), 0U);
  EXPECT_EQ(run_hourly(kNow + Days{24} + kHour, kNow + Days{27}), 1U);
}

TEST_F(QuarantineExpiry, DropsNothingInTheRunAfterAJump) {
  EXPECT_EQ(run(kNow), 0U);
  EXPECT_EQ(run(kNow + Days{3}), 0U);
  EXPECT_EQ(run(kNow + Days{3} + kHour), 1U);
  hold("OLD02", kNow - Days{40});
  EXPECT_EQ(run(kNow + Days{3} + 2 * kHour), 0U);
  EXPECT_EQ(run(kNow), 0U);  // Back.
}

TEST_F(QuarantineExpiry, DropsNothingThatHasNoVerdictOfOursInItsHeader) {
  EXPECT_EQ(run(kNow), 0U);
  queue_.unjudged.insert("OLD01");
  EXPECT_EQ(run(kNow + 25 * kHour), 0U);
  EXPECT_TRUE(queue_.dropped.empty());
}

}  // namespace
}  // namespace backstop::app
