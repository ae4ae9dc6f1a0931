#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "edge/mailbox/mbox.h"
#include "edge/mailbox/source.h"

namespace backstop::mailbox {
namespace {

namespace fs = std::filesystem;

struct Message {
  MessagePlace place;
  std::string bytes;
};

class Collected final : public MessageSink {
 public:
  void on_message(const MessagePlace& place) override {
    EXPECT_FALSE(open_);
    open_ = true;
    messages.push_back({place, ""});
  }
  void on_bytes(std::string_view bytes) override {
    EXPECT_TRUE(open_);
    messages.back().bytes += bytes;
  }
  void on_message_end() override {
    EXPECT_TRUE(open_);
    open_ = false;
  }
  void on_unreadable(const Error& error) override { unreadable.push_back(error.text()); }

  std::vector<Message> messages;
  std::vector<std::string> unreadable;

 private:
  bool open_ = false;
};

Collected split(std::string_view mbox, std::size_t cut) {
  Collected collected;
  MboxSplitter splitter("box", collected);
  splitter.feed(mbox.substr(0, cut));
  splitter.feed(mbox.substr(cut));
  splitter.finish();
  return collected;
}

constexpr std::string_view kMbox =
    "From MAILER-DAEMON Fri Nov 20 10:00:00 2026\n"
    "Subject: one\n\nFrom here on it is text.\n>From quoted\n\nFrom me\n\n"
    "From bob@example.net Fri Nov 20 10:00:01 2026 +0000\r\n"
    "Subject: two\r\n\r\nbody\n\n\n\n"
    "From - Fri Nov 20 10:00:02 2026\n\n";

TEST(MboxTest, MessagesBeginBehindTheirFromLines) {
  const Collected got = split(kMbox, 0);
  ASSERT_EQ(got.messages.size(), 3U);
  EXPECT_EQ(got.messages[0].place.source, "box#1");
  EXPECT_EQ(got.messages[0].place.envelope_sender, "MAILER-DAEMON");
  EXPECT_EQ(got.messages[0].bytes,
            "Subject: one\n\nFrom here on it is text.\n>From quoted\n\nFrom me\n");
  EXPECT_EQ(got.messages[1].bytes, "Subject: two\r\n\r\nbody\n\n\n");
  EXPECT_EQ(got.messages[1].place.envelope_sender, "bob@example.net");
  EXPECT_EQ(got.messages[2].bytes, "");
  for (const Message& message : got.messages) {
    ASSERT_TRUE(message.place.offset.has_value());
    EXPECT_EQ(kMbox.substr(*message.place.offset, message.bytes.size()), message.bytes);
  }
}

TEST(MboxTest, SplittingAnywhereChangesNothing) {
  const Collected want = split(kMbox, 0);
  for (std::size_t cut = 1; cut <= kMbox.size(); ++cut) {
    const Collected got = split(kMbox, cut);
    ASSERT_EQ(got.messages.size(), want.messages.size()) << cut;
    for (std::size_t i = 0; i < got.messages.size(); ++i) {
      EXPECT_EQ(got.messages[i].bytes, want.messages[i].bytes) << cut;
      EXPECT_EQ(got.messages[i].place.offset, want.messages[i].place.offset) << cut;
    }
  }
}

TEST(MboxTest, LongLinesPassThrough) {
  const std::string line(limits::kMboxLineBytes * 5, 'x');
  const std::string mbox =
      "From a Fri Nov 20 10:00:00 2026\n" + line + "\n\n" + "From b Fri Nov 20 10:00:00 2026\ny\n";
  for (const std::size_t cut : {std::size_t{0}, std::size_t{40}, std::size_t{2000}}) {
    const Collected got = split(mbox, cut);
    ASSERT_EQ(got.messages.size(), 2U);
    EXPECT_EQ(got.messages[0].bytes, line + "\n");
    EXPECT_EQ(got.messages[1].bytes, "y\n");
  }
}

TEST(MboxTest, SentencesAreNoFromLines) {
  EXPECT_TRUE(is_from_line("From bob@example.net Fri Nov 20 10:00:01 2026"));
  EXPECT_FALSE(is_from_line("From 10:00 on"));
  EXPECT_FALSE(is_from_line("From here to 2026"));
  EXPECT_FALSE(is_from_line("From: bob@example.net at 10:00 2026"));
}

class SourceTest : public testing::Test {
 protected:
  SourceTest() {
    std::string name = (fs::temp_directory_path() / "backstop-mailbox-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~SourceTest() override {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  std::string write(const std::string& name, std::string_view text) {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  fs::path root_;
};

TEST_F(SourceTest, FileIsOneMessageOrAnMbox) {
  Collected one;
  const std::string path = write("a.eml", "Subject: x\n\nFrom a Fri Nov 20 10:00:00 2026\n");
  EXPECT_EQ(read_source(path, one).value(), SourceKind::OneMessage);
  ASSERT_EQ(one.messages.size(), 1U);
  EXPECT_EQ(one.messages[0].place.source, path);
  EXPECT_FALSE(one.messages[0].place.offset.has_value());

  Collected box;
  EXPECT_EQ(read_source(write("box", kMbox), box).value(), SourceKind::Mbox);
  EXPECT_EQ(box.messages.size(), 3U);

  Collected empty;
  EXPECT_TRUE(read_source(write("empty", ""), empty).has_value());
  EXPECT_EQ(empty.messages.size(), 1U);
}

TEST_F(SourceTest, LargeFilesArriveWhole) {
  const std::string text = "Subject: x\n\n" + std::string(limits::kMailboxReadBytes * 3, 'y');
  Collected one;
  ASSERT_TRUE(read_source(write("big", text), one).has_value());
  EXPECT_EQ(one.messages.at(0).bytes, text);
}

TEST_F(SourceTest, MaildirGivesNewAndCurByName) {
  write("box/cur/2.a:2,S", "two");
  write("box/new/1.a", "one");
  write("box/tmp/3.a", "unfinished");
  write("box/cur/.hidden", "no");
  Collected got;
  const std::string path = (root_ / "box").string();
  EXPECT_EQ(read_source(path, got).value(), SourceKind::Maildir);
  ASSERT_EQ(got.messages.size(), 2U);
  EXPECT_EQ(got.messages[0].bytes, "one");
  EXPECT_EQ(got.messages[0].place.source, path + "#1");
  EXPECT_EQ(got.messages[1].place.offset, 0U);
}

TEST_F(SourceTest, FolderGivesItsEmlFiles) {
  write("tree/b/two.eml", "two");
  write("tree/a.eml", "one");
  write("tree/notes.txt", "no");
  Collected got;
  EXPECT_EQ(read_source((root_ / "tree").string(), got).value(), SourceKind::Folder);
  ASSERT_EQ(got.messages.size(), 2U);
  EXPECT_EQ(got.messages[0].bytes, "one");
}

TEST_F(SourceTest, WhatCannotBeReadIsAnErrorWithItsPath) {
  Collected got;
  const std::string path = (root_ / "absent").string();
  const auto result = read_source(path, got);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Errc::NotFound);
  EXPECT_EQ(result.error().where, path);
  EXPECT_TRUE(got.messages.empty());
}

}  // namespace
}  // namespace backstop::mailbox
