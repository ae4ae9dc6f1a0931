#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "core/base/feed_limits.h"
#include "edge/feed/feed_stream.h"
#include "testing/temporary_directory.h"

namespace backstop::feed {
namespace {

std::string text_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

// Waits for what another thread does; gives up after long, for the test to fail.
template <class Condition>
bool comes_true(Condition condition) {
  for (int i = 0; i < 20'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return false;
}

class Counting final : public StreamObserver {
 public:
  void on_written() override { ++written; }
  void on_not_written(std::string_view /*sentence*/) override { ++failed; }
  void on_slow(unsigned clients) override { slow += clients; }
  std::atomic<unsigned> written{0};
  std::atomic<unsigned> failed{0};
  std::atomic<unsigned> slow{0};
};

int connect_to(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  // SAFETY: sockaddr_un is made to be passed as a sockaddr.
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return fd;
  close(fd);
  return -1;
}

std::string read_bytes(int fd, std::size_t bytes) {
  std::string out;
  char buffer[4096];
  while (out.size() < bytes) {
    const ssize_t got = recv(fd, buffer, std::min(sizeof(buffer), bytes - out.size()), 0);
    if (got <= 0) break;
    out.append(buffer, static_cast<std::size_t>(got));
  }
  return out;
}

class FeedTest : public ::testing::Test {
 protected:
  std::unique_ptr<FeedStream> start(const std::string& file, const std::string& socket) {
    return FeedStream::start({.file = file, .socket = socket}, observer_).value();
  }
  ::backstop::testing::TemporaryDirectory folder_;
  std::string file_ = folder_ / "feed.jsonl";
  std::string socket_ = folder_ / "feed.sock";
  Counting observer_;
};

TEST_F(FeedTest, LinesAreAddedToTheFileInOrder) {
  std::ofstream(file_) << "before\n";
  {
    auto stream = start(file_, "");
    for (int i = 0; i < 100; ++i)
      EXPECT_TRUE(stream->push(std::to_string(i)));
  }
  const std::string text = text_of(file_);
  EXPECT_TRUE(text.starts_with("before\n0\n1\n"));
  EXPECT_TRUE(text.ends_with("\n98\n99\n"));
  EXPECT_EQ(observer_.written.load(), 100u);
}

TEST_F(FeedTest, ARotatedFileIsLeftForTheNewOne) {
  auto stream = start(file_, "");
  stream->push("one");
  ASSERT_TRUE(comes_true([&] { return observer_.written == 1; }));
  std::filesystem::rename(file_, file_ + ".1");
  stream->push("two");
  stream->stop();
  EXPECT_EQ(text_of(file_ + ".1"), "one\n");
  EXPECT_EQ(text_of(file_), "two\n");
}

TEST_F(FeedTest, WhatCannotBeWrittenIsToldAndItGoesOnWhenItCan) {
  auto stream = start(folder_ / "none/feed.jsonl", "");
  stream->push("lost");
  ASSERT_TRUE(comes_true([&] { return observer_.failed == 1; }));
  std::filesystem::create_directory(folder_ / "none");
  stream->push("kept");
  stream->stop();
  EXPECT_EQ(text_of(folder_ / "none/feed.jsonl"), "kept\n");
}

TEST_F(FeedTest, WhatIsNoFileIsNotWrittenTo) {
  auto stream = start("/dev/null", "");
  stream->push("x");
  stream->stop();
  EXPECT_EQ(observer_.failed.load(), 1u);
}

TEST_F(FeedTest, TheFileIsForItsGroupToReadWhateverTheUmask) {
  const mode_t before = ::umask(0077);
  const auto mode = [&] {
    struct stat about {};
    return stat(file_.c_str(), &about) == 0 ? about.st_mode & 07777 : 0;
  };
  EXPECT_TRUE(FeedFile(file_).append("first"));
  EXPECT_EQ(mode(), 0640u);
  chmod(file_.c_str(), 0600);
  EXPECT_TRUE(FeedFile(file_).append("second"));
  EXPECT_EQ(mode(), 0600u) << "what somebody chose stays";
  ::umask(before);
}

TEST_F(FeedTest, AFullDiskLeavesNoHalfOfALine) {
  FeedFile file(file_);
  ASSERT_TRUE(file.append("first"));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 10, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto written = file.append("a longer line than there is room for");
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_FALSE(written);
  EXPECT_EQ(text_of(file_), "first\n");
  EXPECT_TRUE(file.append("next"));
  EXPECT_EQ(text_of(file_), "first\nnext\n");
}

TEST_F(FeedTest, EachListenerGetsTheLinesFromItsConnectionOn) {
  auto stream = start(file_, socket_);
  stream->push("early");
  ASSERT_TRUE(comes_true([&] { return observer_.written == 1; }));
  const int one = connect_to(socket_);
  const int two = connect_to(socket_);
  ASSERT_GE(two, 0);
  // Both are taken before any line that is pushed from now on is given: a line wakes the thread,
  // which takes connections first.
  stream->push("late");
  EXPECT_EQ(read_bytes(one, 5), "late\n");
  EXPECT_EQ(read_bytes(two, 5), "late\n");
  close(one);
  stream->push("later");
  EXPECT_EQ(read_bytes(two, 6), "later\n");
  close(two);
}

TEST_F(FeedTest, AListenerThatDoesNotReadIsDroppedAndKeepsNobodyWaiting) {
  auto stream = start("", socket_);
  const int lazy = connect_to(socket_);
  const std::string line(64 * 1024 - 1, 'x');
  ASSERT_TRUE(comes_true([&] {
    stream->push(line);
    return observer_.slow == 1;
  }));
  const int eager = connect_to(socket_);
  stream->push("on");
  // What was pushed before the connection was taken may still come; the last is the last.
  std::string got;
  while (!got.ends_with("\non\n") && got != "on\n") {
    const std::string more = read_bytes(eager, 1);
    ASSERT_FALSE(more.empty());
    got += more;
  }
  close(lazy);
  close(eager);
}

TEST_F(FeedTest, NoMoreListenersThanThereMayBe) {
  auto stream = start(file_, socket_);
  std::vector<int> all;
  for (std::size_t i = 0; i <= limits::kFeedClients; ++i)
    all.push_back(connect_to(socket_));
  EXPECT_EQ(read_bytes(all.back(), 1), "") << "sent away";
  stream->push("x");
  EXPECT_EQ(read_bytes(all.front(), 2), "x\n");
  for (const int fd : all)
    close(fd);
}

TEST_F(FeedTest, ASocketThatNobodyListensAtIsReplacedAndOneInUseIsNot) {
  {
    const int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    // SAFETY: sockaddr_un is made to be passed as a sockaddr.
    ASSERT_EQ(bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    close(left);
  }
  auto stream = start("", socket_);
  const auto second = FeedStream::start({.file = "", .socket = socket_}, observer_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::Exists);
  EXPECT_GE(connect_to(socket_), 0) << "the first one still listens";
  stream.reset();
  EXPECT_FALSE(std::filesystem::exists(socket_));
  std::ofstream(socket_) << "a file of somebody's";
  EXPECT_FALSE(FeedStream::start({.file = "", .socket = socket_}, observer_));
  EXPECT_EQ(text_of(socket_), "a file of somebody's");
}

}  // namespace
}  // namespace backstop::feed
