#include "edge/store/sample_ring.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/sample_limits.h"
#include "testing/temporary_directory.h"

namespace backstop::store {
namespace {

namespace fs = std::filesystem;
const Instant kNow = *parse_instant("2026-11-22T02:00:00Z");
constexpr std::uint64_t kMegabyte = 1024 * 1024;

transaction::KeepSample sample_of(std::string bytes) {
  return {.client = "192.0.2.1",
          .recipient = "alice@shop.test",
          .verdict = "forged",
          .reasons = "no-proof-of-origin",
          .bytes = std::move(bytes),
          .is_cut = false,
          .rules = {}};
}

class SampleRingTest : public ::testing::Test {
 protected:
  SampleRing make(SampleLimits limits) {
    return SampleRing(
        directory_.path(), limits, [this](const std::string& s) { troubles_.push_back(s); },
        [this](const std::string&) { return free_; });
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> out;
    const fs::path folder = fs::path(directory_.path()) / kSampleDirectory;
    if (!fs::exists(folder)) return out;
    for (const auto& each : fs::directory_iterator(folder))
      out.push_back(each.path());
    std::ranges::sort(out);
    return out;
  }
  static std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }

  testing::TemporaryDirectory directory_;
  std::vector<std::string> troubles_;
  std::optional<std::uint64_t> free_ = 100 * limits::kSampleFreeBytes;
};

TEST_F(SampleRingTest, KeepsAMessageWholeAndSaysWhyItWasRefused) {
  SampleRing ring = make({.per_minute = 6, .bytes = kMegabyte});
  ASSERT_TRUE(
      ring.keep(sample_of("Subject: x\r\n\r\nFrom here\r\n>From there\r\nend"), "4Bx", kNow));
  ring.flush();
  ASSERT_EQ(files().size(), 1U);
  EXPECT_EQ(read(files().front()),
            "From MAILER-DAEMON Sun Nov 22 02:00:00 2026\n"
            "Backstop-Sample: at=2026-11-22T02:00:00Z; queue=4Bx; client=192.0.2.1; "
            "recipient=alice@shop.test; verdict=forged; reason=no-proof-of-origin; cut=no\n"
            "Subject: x\n\n>From here\n>>From there\nend\n\n");
  EXPECT_EQ(ring.kept(), 1U);
  const auto mode = fs::status(files().front()).permissions() & fs::perms::all;
  EXPECT_EQ(mode, fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(SampleRingTest, AForeignAddressCannotMakeALineOfItsOwn) {
  auto sample = sample_of("a: b\r\n");
  sample.recipient = "x\"@shop.test\nBcc: y";
  const std::string text = render_sample(sample, "q\nz", kNow);
  EXPECT_EQ(std::ranges::count(text, '\n'), 4) << text;
}

TEST_F(SampleRingTest, OfAMinuteAtMostSoMany) {
  SampleRing ring = make({.per_minute = 2, .bytes = kMegabyte});
  EXPECT_TRUE(ring.keep(sample_of("a"), "1", kNow));
  EXPECT_TRUE(ring.has_room(kNow));
  EXPECT_TRUE(ring.keep(sample_of("b"), "2", kNow + Seconds(59)));
  EXPECT_FALSE(ring.has_room(kNow + Seconds(59)));
  EXPECT_FALSE(ring.keep(sample_of("c"), "3", kNow + Seconds(59)));
  EXPECT_TRUE(ring.keep(sample_of("d"), "4", kNow + Seconds(60)));
  ring.limit({.per_minute = 0, .bytes = kMegabyte});
  EXPECT_FALSE(ring.has_room(kNow + Seconds(600)));
}

TEST_F(SampleRingTest, NeverTakesMoreRoomThanItMay) {
  const std::uint64_t most = kMegabyte;
  SampleRing ring = make({.per_minute = 600, .bytes = most});
  std::uint64_t largest = 0;
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(ring.keep(sample_of(std::string(50'000, 'x')), fmt::format("q{}", i),
                          kNow + std::chrono::minutes(i)));
    ring.flush();
    std::uint64_t bytes = 0;
    for (const auto& file : files())
      bytes += fs::file_size(file);
    largest = std::max(largest, bytes);
  }
  EXPECT_LE(largest, most);
  EXPECT_GT(largest, most / 2);
  // The newest are there, the oldest are not.
  std::string all;
  for (const auto& file : files())
    all += read(file);
  EXPECT_NE(all.find("queue=q59;"), std::string::npos);
  EXPECT_EQ(all.find("queue=q0;"), std::string::npos);
}

TEST_F(SampleRingTest, IsOffWhileTheDiskHasLittleRoom) {
  free_ = limits::kSampleFreeBytes - 1;
  SampleRing ring = make({.per_minute = 6, .bytes = kMegabyte});
  EXPECT_TRUE(ring.keep(sample_of("a"), "1", kNow));
  ring.flush();
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(troubles_.size(), 1U);
  EXPECT_FALSE(ring.has_room(kNow));
  // Looked at again with the next minute.
  free_ = 2 * limits::kSampleFreeBytes;
  EXPECT_TRUE(ring.keep(sample_of("b"), "2", kNow + Seconds(60)));
  ring.flush();
  EXPECT_EQ(files().size(), 1U);
  EXPECT_EQ(troubles_, (std::vector<std::string>{troubles_.front(), ""}));
}

TEST_F(SampleRingTest, ANewLifeBeginsANewFileAndDropsWhatIsOld) {
  {
    make({.per_minute = 6, .bytes = kMegabyte}).keep(sample_of("a"), "1", kNow);
  }
  {
    make({.per_minute = 6, .bytes = kMegabyte}).keep(sample_of("b"), "2", kNow);
  }
  EXPECT_EQ(files().size(), 2U);
  {
    make({.per_minute = 6, .bytes = kMegabyte}).keep(sample_of("c"), "3", kNow + Days(40));
  }
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(SampleRingTest, WhatIsOldGoesThoughNothingMoreIsKept) {
  SampleRing ring = make({.per_minute = 6, .bytes = kMegabyte});
  ASSERT_TRUE(ring.keep(sample_of("a"), "1", kNow));
  ring.limit({.per_minute = 0, .bytes = kMegabyte});
  ring.tidy(kNow + Days(30));
  ring.flush();
  EXPECT_EQ(files().size(), 1U);
  ring.tidy(kNow + Days(31));
  ring.flush();
  EXPECT_TRUE(files().empty());
}

TEST_F(SampleRingTest, AFileIsOfOneDay) {
  SampleRing ring = make({.per_minute = 6, .bytes = kMegabyte});
  ASSERT_TRUE(ring.keep(sample_of("a"), "1", kNow));
  ASSERT_TRUE(ring.keep(sample_of("b"), "2", kNow + std::chrono::hours(23)));
  ASSERT_TRUE(ring.keep(sample_of("c"), "3", kNow + std::chrono::hours(24)));
  ring.flush();
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(SampleRingTest, AFolderThatCannotBeMadeIsToldOnceAndStopsNothing) {
  std::ofstream(fs::path(directory_.path()) / kSampleDirectory) << "a file";
  SampleRing ring = make({.per_minute = 6, .bytes = kMegabyte});
  EXPECT_TRUE(ring.keep(sample_of("a"), "1", kNow));
  EXPECT_TRUE(ring.keep(sample_of("b"), "2", kNow));
  ring.flush();
  EXPECT_EQ(troubles_.size(), 1U);
  EXPECT_EQ(ring.kept(), 0U);
}

}  // namespace
}  // namespace backstop::store
