#include "app/trial.h"

#include <gtest/gtest.h>

#include "core/play/standard_ring.h"

namespace backstop::app {
namespace {

const Instant kNow = play::standard_clock();

transaction::Surroundings surroundings(config::Config config,
                                       play::StageKeys keys = play::StageKeys::Standard) {
  return {.config = std::make_shared<const config::Config>(std::move(config)),
          .ring = play::standard_ring(keys)};
}

// Which nobody would notice by mail that is let through.
TEST(Trial, FindsNothingWhereAllIsWellWhateverTheDomainsAreIn) {
  config::Config config;
  EXPECT_EQ(try_judgement(surroundings(config), kNow), std::nullopt);
  config.domains["example.com"].name = "example.com";
  config.domains["example.com"].mode = policy::Mode::Off;
  config.actions["bounce"].forged = policy::Decision::Accept;
  config.store_is_partial = true;
  config.relays.strips_received = true;
  EXPECT_EQ(try_judgement(surroundings(config), kNow), std::nullopt);
}

TEST(Trial, SaysThatAGenuineBounceIsNotTakenForOne) {
  config::Config config;
  config.lifetime = Seconds{-1};  // As if nothing verified any more.
  EXPECT_EQ(try_judgement(surroundings(config), kNow),
            "the bounce of a letter of ours is called late");
}

TEST(Trial, SaysThatAForgedBounceIsNotTakenForOne) {
  config::Config config;
  config.peers.push_back({.key = "elsewhere.invalid",
                          .network = std::nullopt,
                          .standing = policy::Standing::NeverJudge});
  EXPECT_EQ(try_judgement(surroundings(config), kNow), "a forged bounce is called unproven");
}

TEST(Trial, SaysNothingWhileNoKeySigns) {
  EXPECT_EQ(try_judgement(surroundings({}, play::StageKeys::None), kNow), std::nullopt);
  EXPECT_EQ(try_judgement(surroundings({}, play::StageKeys::VerifyOnly), kNow), std::nullopt);
}

}  // namespace
}  // namespace backstop::app
