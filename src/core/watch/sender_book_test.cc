#include "core/watch/sender_book.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace backstop::watch {
namespace {

const Instant kNow = *parse_instant("2026-11-22T02:00:00Z");

mail::Address address(std::string_view text) {
  return *mail::parse_path(text);
}

TEST(SenderBook, WhoSentOfLateIsInUse) {
  SenderBook book(kNow);
  EXPECT_TRUE(book.on_sent(address("alice@shop.test"), kNow));
  EXPECT_FALSE(book.on_sent(address("Alice@SHOP.test"), kNow + Seconds(60))) << "the same day";
  EXPECT_TRUE(book.sends(address("ALICE@shop.test"), kNow + Days(100)));
  EXPECT_FALSE(book.sends(address("alice@shop.test"), kNow + Days(181)));
  EXPECT_FALSE(book.sends(address("bob@shop.test"), kNow));
}

TEST(SenderBook, NobodyIsANeverSenderBeforeTheWholeSpanWasWatched) {
  SenderBook book(kNow);
  const auto bob = address("bob@shop.test");
  EXPECT_FALSE(book.never_sends(bob, kNow + Days(179)));
  EXPECT_TRUE(book.never_sends(bob, kNow + Days(180)));
  EXPECT_TRUE(book.on_welcome(bob, kNow + Days(100)));
  EXPECT_FALSE(book.never_sends(bob, kNow + Days(180))) << "it got a genuine answer";
  EXPECT_FALSE(book.sends(bob, kNow + Days(101)));
  EXPECT_TRUE(book.never_sends(bob, kNow + Days(281)));
}

TEST(SenderBook, WhatNobodyWatchedIsNotKnown) {
  const auto bob = address("bob@shop.test");
  SenderBook book(kNow);
  for (int day = 0; day <= 180; ++day)
    book.on_watch(kNow + Days(day));
  EXPECT_TRUE(book.never_sends(bob, kNow + Days(180)));
  EXPECT_TRUE(book.on_watch(kNow + Days(182))) << "two days without anybody watching";
  EXPECT_FALSE(book.never_sends(bob, kNow + Days(182)));
  EXPECT_FALSE(book.never_sends(bob, kNow + Days(300)));
  // A first start with a clock of long ago.
  SenderBook early(*parse_instant("1970-01-02T00:00:00Z"));
  EXPECT_TRUE(early.on_watch(kNow));
  EXPECT_FALSE(early.never_sends(bob, kNow));
  EXPECT_TRUE(early.on_watch(kNow - Days(3))) << "a clock set back";
  EXPECT_EQ(early.since(), kNow - Days(3));
}

TEST(SenderBook, WhoIsOnlyAnsweredLeavesRoomForWhoSends) {
  SenderBook book(kNow);
  for (std::size_t i = 0; i < limits::kSenders; ++i)
    book.on_welcome(address(fmt::format("u{}@shop.test", i)), kNow);
  EXPECT_EQ(book.size(), limits::kSenders / 4);
  EXPECT_TRUE(book.on_sent(address("carol@shop.test"), kNow));
  EXPECT_TRUE(book.sends(address("carol@shop.test"), kNow));
}

TEST(SenderBook, WithoutRoomForAllNobodyIsANeverSender) {
  SenderBook book(kNow);
  const Instant later = kNow + Days(200);
  for (std::size_t i = 0; i <= limits::kSenders; ++i)
    book.on_sent(address(fmt::format("u{}@shop.test", i)), later);
  EXPECT_EQ(book.size(), limits::kSenders);
  EXPECT_FALSE(book.never_sends(address("bob@shop.test"), later));
  // What is too old makes room.
  EXPECT_TRUE(book.on_sent(address("carol@shop.test"), later + Days(200)));
  EXPECT_EQ(book.size(), 1U);
}

TEST(SenderBook, IsReadAsItWasWrittenAndNoHalfOfIt) {
  SenderBook book(kNow);
  book.on_sent(address("alice@shop.test"), kNow);
  book.on_welcome(address("bob@shop.test"), kNow + Days(3));
  const std::string text = book.render();
  EXPECT_EQ(text.find("alice"), std::string::npos);
  ASSERT_TRUE(SenderBook::parse(text)) << text;
  EXPECT_EQ(*SenderBook::parse(text), book);
  EXPECT_FALSE(SenderBook::parse(""));
  EXPECT_FALSE(SenderBook::parse(text.substr(0, text.size() - 5)));
  EXPECT_FALSE(SenderBook::parse(text + text.substr(text.find("address")))) << "twice";
  EXPECT_FALSE(SenderBook::parse("since yesterday\n"));
}

}  // namespace
}  // namespace backstop::watch
