#include "edge/mailbox/batch_reader.h"

#include <gtest/gtest.h>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "edge/mailbox/mailbox_test.h"

namespace backstop::mailbox {
namespace {

using BatchReaderTest = MailboxTest;

constexpr std::string_view kMail = "From: a@example.org\nTo: b@example.net\nSubject: ";

std::string mail(std::string_view subject) {
  return std::string(kMail) + std::string(subject) + "\n\nbody\n";
}

constexpr std::string_view kMbox =
    "From MAILER-DAEMON Fri Nov 20 10:00:00 2026\n"
    "Subject: one\n\nFrom here on it is text.\n>From quoted\n\nFrom me\n\n"
    "From bob@example.net Fri Nov 20 10:00:01 2026 +0000\r\n"
    "Subject: two\r\n\r\nbody\n\n\n\n"
    "From - Fri Nov 20 10:00:02 2026\n\n";

TEST_F(BatchReaderTest, MboxGivesItsMessagesWithPlaceAndSender) {
  const std::string path = write("box", kMbox);
  const Collected got = collect({path});
  ASSERT_EQ(got.messages.size(), 3U);
  EXPECT_TRUE(got.unreadable.empty());
  EXPECT_EQ(got.bytes, kMbox.size());
  EXPECT_EQ(got.messages[0].source, path + "#1");
  EXPECT_EQ(got.messages[0].sender, "MAILER-DAEMON");
  EXPECT_EQ(got.messages[0].bytes,
            "Subject: one\n\nFrom here on it is text.\n>From quoted\n\nFrom me\n");
  EXPECT_EQ(got.messages[1].sender, "bob@example.net");
  EXPECT_EQ(got.messages[1].bytes, "Subject: two\r\n\r\nbody\n\n\n");
  EXPECT_EQ(got.messages[2].sender, "");
  EXPECT_EQ(got.messages[2].bytes, "");
  for (const Message& message : got.messages) {
    ASSERT_TRUE(message.offset.has_value());
    EXPECT_EQ(kMbox.substr(*message.offset, message.bytes.size()), message.bytes);
  }
}

TEST_F(BatchReaderTest, FileIsOneMessageOrAnMbox) {
  const std::string one = write("a.eml", "Subject: x\n\nFrom a Fri Nov 20 10:00:00 2026\n");
  const std::string empty = write("empty", "");
  const std::string text = write("text", "only words\n");
  const Collected got = collect({one, empty, text});
  ASSERT_EQ(got.messages.size(), 3U);
  EXPECT_EQ(got.messages[0].source, one);
  EXPECT_FALSE(got.messages[0].offset.has_value());
  EXPECT_EQ(got.messages[1].source, empty);
  EXPECT_EQ(got.messages[1].bytes, "");
  EXPECT_EQ(got.messages[2].bytes, "only words\n");
}

TEST_F(BatchReaderTest, MaildirGivesNewAndCurByName) {
  write("box/cur/2.a:2,S", "two");
  write("box/new/1.a", "one");
  write("box/tmp/3.a", "unfinished");
  write("box/cur/.hidden", "no");
  write("box/dovecot-uidlist", "3 V1 N2");
  write("box/.Sent/cur/4.a:2,S", "four");
  fs::create_directories(root_ / "box/.Sent/new");
  const std::string path = (root_ / "box").string();
  const Collected got = collect({path});
  ASSERT_EQ(got.messages.size(), 3U);
  EXPECT_EQ(got.messages[0].bytes, "one");
  EXPECT_EQ(got.messages[0].source, path + "#1");
  EXPECT_EQ(got.messages[0].offset, 0U);
  EXPECT_EQ(got.messages[1].source, path + "#2");
  EXPECT_EQ(got.messages[2].source, path + "/.Sent#1");
  EXPECT_TRUE(got.unreadable.empty());
}

TEST_F(BatchReaderTest, FolderGivesMailOfAnyNameAndTellsWhatIsNone) {
  write("tree/b/two.eml", mail("two"));
  write("tree/a.eml", "one");
  write("tree/inbox", kMbox);
  write("tree/inbox.msf", "index");
  write("tree/12", mail("mh"));
  write("tree/drafts", "");
  const std::string notes = write("tree/notes.txt", "no mail\n");
  const std::string picture =
      write("tree/picture.eml", std::string_view("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", 18));
  const Collected got = collect({(root_ / "tree").string()});
  ASSERT_EQ(got.messages.size(), 6U);
  EXPECT_EQ(got.messages[0].bytes, mail("mh"));
  EXPECT_EQ(got.messages[1].bytes, "one");
  EXPECT_EQ(got.messages[2].bytes, mail("two"));
  EXPECT_EQ(got.messages[3].source, (root_ / "tree/inbox#1").string());
  EXPECT_EQ(got.unreadable,
            (std::vector<std::string>{notes + ": is no mail", picture + ": is no mail"}));
}

TEST_F(BatchReaderTest, MailboxesNamedAlmostLikeIndexesAreRead) {
  for (const char* name :
       {"dovecot", "courier-list", "maildir-users", "customer.ids", "card.index", "padlock.lock"}) {
    write(std::string("tree/") + name, mail(name));
  }
  write("tree/dovecot.index.log", mail("index"));
  write("tree/maildirsize", mail("index"));
  const Collected got = collect({(root_ / "tree").string()});
  EXPECT_EQ(got.messages.size(), 6U);
}

TEST_F(BatchReaderTest, LinkedFoldersAreReadOnce) {
  write("tree/a/one.eml", mail("one"));
  fs::create_directory_symlink(root_ / "tree", root_ / "tree/a/up");
  fs::create_directory_symlink(root_ / "tree/a", root_ / "tree/z");
  EXPECT_EQ(collect({(root_ / "tree").string()}).messages.size(), 1U);
}

TEST_F(BatchReaderTest, WhatCannotBeReadIsToldWithItsPath) {
  const std::string absent = (root_ / "absent").string();
  write("tree/good.eml", mail("good"));
  fs::create_symlink("nowhere", root_ / "tree/broken.eml");
  const Collected got = collect({absent, (root_ / "tree").string()});
  EXPECT_EQ(got.messages.size(), 1U);
  EXPECT_EQ(got.unreadable,
            (std::vector<std::string>{absent + ": cannot be read: No such file or directory",
                                      (root_ / "tree/broken.eml").string() +
                                          ": cannot be read: No such file or directory"}));
}

TEST_F(BatchReaderTest, BytesBeforeTheFirstFromLineAreTold) {
  const std::string path = write("box", "rest of a message\n\n" + std::string(kMbox));
  const Collected got = collect({path});
  EXPECT_EQ(got.messages.size(), 3U);
  EXPECT_EQ(got.messages.at(0).offset, 63U);
  EXPECT_EQ(
      got.unreadable,
      (std::vector<std::string>{path + ": 18 bytes before the first From_ line are no message"}));
}

TEST_F(BatchReaderTest, MessagesOverBatchesArriveWhole) {
  std::string mbox;
  std::vector<std::string> want;
  for (std::size_t i = 0; i < 60; ++i) {
    const std::string body(i * i * 997, static_cast<char>('a' + i % 26));
    want.push_back("Subject: " + std::to_string(i) + "\n\n" + body + "\n");
    mbox += "From a@example.org Fri Nov 20 10:00:00 2026\n" + want.back() + "\n";
  }
  const Collected got = collect({write("box", mbox), write("again", mbox)});
  EXPECT_EQ(got.bytes, 2 * mbox.size());
  EXPECT_GT(got.batches, 20U);
  ASSERT_EQ(got.messages.size(), 2 * want.size());
  for (std::size_t i = 0; i < got.messages.size(); ++i) {
    EXPECT_TRUE(got.messages[i].bytes == want[i % want.size()]) << i;
  }
}

TEST_F(BatchReaderTest, LongerMessagesThanAllowedAreCutAndTheNextIsFound) {
  const std::string line(999, 'x');
  std::string big;
  while (big.size() < 2 * limits::kMailboxMessageBytes)
    big += line + "\n";
  const std::string mbox = "From a Fri Nov 20 10:00:00 2026\n" + big +
                           "\nFrom b Fri Nov 20 10:00:00 2026\nSubject: small\n";
  const Collected got = collect({write("box", mbox), write("one.eml", "Subject: x\n\n" + big)});
  ASSERT_EQ(got.messages.size(), 3U);
  EXPECT_TRUE(got.messages[0].cut);
  EXPECT_EQ(got.messages[0].bytes.size(), limits::kMailboxMessageBytes);
  EXPECT_FALSE(got.messages[1].cut);
  EXPECT_EQ(got.messages[1].bytes, "Subject: small\n");
  EXPECT_TRUE(got.messages[2].cut);
  EXPECT_EQ(got.messages[2].bytes.size(), limits::kMailboxMessageBytes);
}

}  // namespace
}  // namespace backstop::mailbox
