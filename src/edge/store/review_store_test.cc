#include "edge/store/review_store.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "edge/store/review_reader.h"
#include "edge/store/review_schema.h"
#include "testing/fake_clock.h"

namespace backstop::store {
namespace {

using review::Answer;
using review::Sighting;

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

Sighting make_sighting(std::string subject, Instant at = kNow) {
  Sighting out;
  out.at = at;
  out.fingerprint.address = "x@example.com";
  out.fingerprint.subject = std::move(subject);
  out.queue_id = "4fzX1";
  out.recipients = {"anna@example.com"};
  out.domains = {"example.com"};
  out.kind = "bounce";
  out.verdict = "forged";
  out.decision = "mark";
  out.reasons = "no-proof-of-origin";
  out.would_refuse = true;
  out.source = "mx.remote.test";
  out.sample = "From: x\n";
  return out;
}

class ReviewStoreTest : public ::testing::Test {
 protected:
  ReviewStoreTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "backstop-XXXXXX").string();
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    clock_.set(kNow);
  }
  ~ReviewStoreTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<ReviewStore> open(ReviewLimits review_limits = {}) {
    return std::make_unique<ReviewStore>(
        folder_, clock_,
        [this](const std::string& sentence) {
          const std::lock_guard lock(mutex_);
          told_.push_back(sentence);
        },
        review_limits);
  }
  ReviewReader read() const {
    auto reader = ReviewReader::open(folder_);
    EXPECT_TRUE(reader) << reader.error().text();
    return *std::move(reader);
  }
  std::string file() const { return folder_ + "/review.db"; }

  std::string folder_;
  backstop::testing::FakeClock clock_;
  std::mutex mutex_;
  std::vector<std::string> told_;
};

TEST_F(ReviewStoreTest, puts_messages_of_one_fingerprint_into_one_group) {
  auto store = open();
  Sighting hinted = make_sighting("watches", kNow + Seconds{5});
  hinted.hints = 1;
  hinted.would_refuse = false;
  store->add(make_sighting("watches"));
  store->add(hinted);
  store->add(make_sighting("lottery"));
  store->flush();
  auto reader = read();
  const auto groups = reader.list(10).value();
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].fingerprint.subject, "watches");  // The one with a hint stands first.
  EXPECT_EQ(groups[0].count, 2U);
  EXPECT_EQ(groups[0].refused, 1U);
  EXPECT_EQ(groups[0].hints, 1U);
  EXPECT_EQ(groups[0].first, kNow);
  EXPECT_EQ(groups[0].last, kNow + Seconds{5});
  EXPECT_EQ(groups[0].domains, std::vector<std::string>{"example.com"});
  EXPECT_EQ(groups[0].recipients, std::vector<std::string>{"anna@example.com"});
  const auto samples = reader.samples(groups[0]).value();
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].text, "From: x\n");
  EXPECT_EQ(samples[0].queue_id, "4fzX1");
}

TEST_F(ReviewStoreTest, keeps_a_few_samples_of_many_messages) {
  auto store = open();
  for (int i = 0; i < 500; ++i)
    store->add(make_sighting("watches"));
  store->flush();
  auto reader = read();
  const auto groups = reader.list(10).value();
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].count, 500U);
  EXPECT_EQ(reader.samples(groups[0])->size(), static_cast<std::size_t>(kReviewSamples));
}

TEST_F(ReviewStoreTest, is_readable_by_its_owner_alone) {
  open()->flush();
  struct stat status{};
  ASSERT_EQ(stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(ReviewStoreTest, drops_what_is_older_than_a_fortnight_and_remembers_the_answer) {
  auto store = open();
  store->add(make_sighting("old"));
  store->add(make_sighting("young", kNow + Days{10}));
  store->flush();
  const std::string name = make_sighting("old").fingerprint.name();
  ASSERT_TRUE(read().answer(name, Answer::NotOurs, kNow, 0));
  clock_.set(kNow + Days{15});
  store->flush();
  EXPECT_EQ(read().list(10)->size(), 1U);
  EXPECT_FALSE(read().find(name));
  store->add(make_sighting("old", kNow + Days{15}));
  store->flush();
  EXPECT_EQ(read().find(name)->answer, Answer::NotOurs);
  EXPECT_EQ(read().find(name)->count, 1U);
}

TEST_F(ReviewStoreTest, never_grows_past_its_limit_and_drops_the_oldest_first) {
  const ReviewLimits small{.bytes_most = 1'000'000, .bytes_kept = 700'000};
  auto store = open(small);
  for (int i = 0; i < 2000; ++i) {
    Sighting one = make_sighting("run " + std::string(1 + i / 100, 'a') + std::string(i % 100, 'b'),
                                 kNow + Seconds{i});
    one.sample = std::string(review::kSampleBytes, 's');
    store->add(std::move(one));
    if (i % 50 == 49) store->flush();
  }
  store->flush();
  EXPECT_LE(std::filesystem::file_size(file()), 1'000'000U);
  EXPECT_EQ(store->left_out(), 0U);
  auto reader = read();
  const auto groups = reader.list(10'000).value();
  EXPECT_GT(groups.size(), 20U);
  EXPECT_LT(groups.size(), 400U);
  for (const ReviewGroup& group : groups)
    EXPECT_GT(group.last, kNow + Seconds{1000});
}

TEST_F(ReviewStoreTest, leaves_out_what_finds_no_room_and_goes_on) {
  const ReviewLimits tiny{.bytes_most = 80'000, .bytes_kept = 79'000};
  auto store = open(tiny);
  for (int i = 0; i < 300; ++i) {
    Sighting one = make_sighting("run" + std::string(static_cast<std::size_t>(i), 'a'));
    one.sample = std::string(review::kSampleBytes, 's');
    store->add(std::move(one));
  }
  store->flush();
  EXPECT_LE(std::filesystem::file_size(file()), 80'000U);
  EXPECT_GT(store->left_out(), 0U);
}

TEST_F(ReviewStoreTest, closes_a_group_by_its_answer_and_opens_it_again) {
  auto store = open();
  Sighting hinted = make_sighting("watches");
  hinted.hints = 2;
  hinted.domains = {"example.com", "example.org"};
  store->add(hinted);
  store->add(make_sighting("lottery"));
  store->flush();
  auto reader = read();
  const std::string name = hinted.fingerprint.name();
  using Counts = std::map<std::string, std::uint64_t>;
  EXPECT_EQ(reader.count_open_hints().value(), (Counts{{"example.com", 1}, {"example.org", 1}}));
  ASSERT_TRUE(reader.answer(name, Answer::Later, kNow, 2));
  EXPECT_EQ(reader.count_open_hints()->size(), 2U);
  for (const Answer answer : {Answer::Ours, Answer::NotOurs}) {
    ASSERT_TRUE(reader.answer(name, answer, kNow, 2));
    EXPECT_TRUE(reader.count_open_hints()->empty());
    EXPECT_EQ(reader.find(name)->answer, answer);
    EXPECT_EQ(reader.find(name)->answered_at, kNow);
    EXPECT_FALSE(reader.find(name)->is_open());
  }
  EXPECT_EQ(reader.list(10)->back().name, name);  // What is answered stands last.
  store->add(hinted);
  store->flush();
  EXPECT_TRUE(reader.count_open_hints()->empty());  // Later messages take the answer along.
  ASSERT_TRUE(reader.answer(name, Answer::Open, kNow, 2));
  EXPECT_EQ(reader.count_open_hints()->size(), 2U);
  EXPECT_FALSE(reader.find(name)->answered_at);
}

TEST_F(ReviewStoreTest, opens_what_is_not_ours_again_when_something_new_speaks_for_it) {
  auto store = open();
  Sighting one = make_sighting("watches");
  one.hints = 1;
  const std::string name = one.fingerprint.name();
  const auto sight = [&](review::Hints hints) {
    one.hints = hints;
    store->add(one);
    store->flush();
  };
  sight(1);
  auto reader = read();
  ASSERT_TRUE(reader.answer(name, Answer::NotOurs, kNow, 1));
  sight(1);
  EXPECT_TRUE(reader.count_open_hints()->empty());
  sight(4);
  EXPECT_EQ(reader.count_open_hints()->size(), 1U);
  EXPECT_TRUE(reader.find(name)->is_open());
  EXPECT_TRUE(reader.find(name)->is_reopened);
  EXPECT_EQ(reader.list(10)->front().name, name);
  ASSERT_TRUE(reader.answer(name, Answer::NotOurs, kNow, 5));
  EXPECT_TRUE(reader.count_open_hints()->empty());
  EXPECT_FALSE(reader.find(name)->is_reopened);
  ASSERT_TRUE(reader.answer(name, Answer::Ours, kNow, 5));
  sight(8);
  EXPECT_FALSE(reader.find(name)->is_open());  // What speaks for it says no other.
}

TEST_F(ReviewStoreTest, keeps_what_has_a_hint_until_it_is_answered) {
  auto store = open();
  Sighting hinted = make_sighting("ours?");
  hinted.hints = 8;
  store->add(hinted);
  store->add(make_sighting("spam"));
  store->flush();
  clock_.set(kNow + Days{15});
  store->flush();
  auto reader = read();
  const auto groups = reader.list(10).value();
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].fingerprint.subject, "ours?");
  EXPECT_TRUE(groups[0].recipients.empty());
  EXPECT_EQ(groups[0].source, "");
  EXPECT_TRUE(reader.samples(groups[0])->empty());
  EXPECT_EQ(reader.count_open_hints()->size(), 1U);
  ASSERT_TRUE(reader.answer(groups[0].name, Answer::NotOurs, clock_.now(), 8));
  store->flush();
  EXPECT_TRUE(reader.list(10)->empty());
}

TEST_F(ReviewStoreTest, drops_what_has_a_hint_last_and_counts_it_on) {
  const ReviewLimits small{.bytes_most = 1'000'000, .bytes_kept = 700'000};
  auto store = open(small);
  const auto flood = [&](const std::string& subject, review::Hints hints) {
    for (int i = 0; i < 600; ++i) {
      Sighting one = make_sighting(
          subject + std::string(1 + i / 100, 'a') + std::string(i % 100, 'b'), kNow + Seconds{i});
      one.sample = std::string(review::kSampleBytes, 's');
      one.hints = hints;
      store->add(std::move(one));
      if (i % 50 == 49) store->flush();
    }
  };
  Sighting hinted = make_sighting("ours?", kNow - Seconds{1});
  hinted.hints = 8;
  hinted.domains = {"example.net"};
  store->add(hinted);
  flood("run", 0);
  auto reader = read();
  EXPECT_EQ(reader.list(10)->front().fingerprint.subject, "ours?");
  flood("pretended", 8);
  const auto groups = reader.list(10'000).value();
  const auto is_rest = [](const ReviewGroup& one) {
    return one.fingerprint.subject == kReviewRest;
  };
  const auto rest = std::ranges::find_if(groups, is_rest);
  ASSERT_NE(rest, groups.end());
  EXPECT_FALSE(reader.find(hinted.fingerprint.name()));
  EXPECT_EQ(rest->hints, 8U);
  EXPECT_EQ(rest->domains, (std::vector<std::string>{"example.com", "example.net"}));
  EXPECT_EQ(reader.count_open_hints()->count("example.net"), 1U);
  // A word on it holds until another group goes there.
  ASSERT_TRUE(reader.answer(rest->name, Answer::NotOurs, kNow, rest->hints));
  EXPECT_EQ(reader.count_open_hints()->count("example.net"), 0U);
  flood("again", 8);
  EXPECT_TRUE(reader.find(rest->name)->is_open());
  EXPECT_LE(std::filesystem::file_size(file()), 1'000'000U);
}

TEST_F(ReviewStoreTest, finds_a_group_by_the_beginning_of_its_name) {
  auto store = open();
  store->add(make_sighting("watches"));
  store->flush();
  auto reader = read();
  const std::string name = make_sighting("watches").fingerprint.name();
  EXPECT_EQ(reader.find(name.substr(0, 8))->name, name);
  EXPECT_EQ(reader.find(name.substr(0, 3)).error().code, Errc::Invalid);
  EXPECT_EQ(reader.find("%").error().code, Errc::Invalid);
  const std::string other = (name[0] == '0' ? "1" : "0") + name.substr(1);
  EXPECT_EQ(reader.find(other).error().code, Errc::NotFound);
}

TEST_F(ReviewStoreTest, begins_anew_and_keeps_the_file_when_it_is_damaged) {
  std::ofstream(file(), std::ios::binary) << std::string(8192, 'g');
  auto store = open();
  store->add(make_sighting("watches"));
  store->flush();
  EXPECT_EQ(read().list(10)->size(), 1U);
  std::size_t aside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    aside += entry.path().filename().string().starts_with("review.db.corrupt-") ? 1 : 0;
  EXPECT_EQ(aside, 1U);
  const std::lock_guard lock(mutex_);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_NE(told_[0].find("kept as"), std::string::npos);
}

TEST_F(ReviewStoreTest, tells_once_of_a_directory_that_is_missing) {
  {
    ReviewStore store(folder_ + "/none", clock_, [this](const std::string& sentence) {
      const std::lock_guard lock(mutex_);
      told_.push_back(sentence);
    });
    store.add(make_sighting("watches"));
    store.flush();
    EXPECT_EQ(store.left_out(), 1U);
  }
  EXPECT_EQ(told_.size(), 1U);
  EXPECT_FALSE(ReviewReader::open(folder_ + "/none"));
}

}  // namespace
}  // namespace backstop::store
