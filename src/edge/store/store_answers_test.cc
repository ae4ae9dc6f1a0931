#include "edge/store/store_answers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "ledger_room/ledger_room.h"

namespace backstop::store {
namespace {

class StoreAnswersTest : public LedgerRoom {
 protected:
  // Which thread answered, and what.
  struct Answered {
    std::thread::id by;
    Result<proof::LedgerAnswer> answer;
  };
  static Answered ask(StoreAnswers& answers, std::uint64_t number) {
    std::promise<Answered> promise;
    answers.ask(query_of(number), kNow, [&](Result<proof::LedgerAnswer> answer) {
      promise.set_value({std::this_thread::get_id(), std::move(answer)});
    });
    return promise.get_future().get();
  }
};

TEST_F(StoreAnswersTest, WhatIsUnknownIsAnsweredAtOnceAndTheRestByAnotherThread) {
  open().record_sent(sent_message(1));
  ASSERT_TRUE(comes_true([&] { return store_->state().is_indexed; }));
  StoreAnswers answers(*store_);
  const auto miss = ask(answers, 2);
  EXPECT_EQ(miss.by, std::this_thread::get_id());
  ASSERT_TRUE(miss.answer);
  EXPECT_FALSE(miss.answer->messages.at(0));
  const auto hit = ask(answers, 1);
  EXPECT_NE(hit.by, std::this_thread::get_id());
  ASSERT_TRUE(hit.answer);
  EXPECT_TRUE(hit.answer->messages.at(0));
}

TEST_F(StoreAnswersTest, LedgerThatIsAwayIsUnavailable) {
  open({.directory = temporary_ / "not/there"});
  StoreAnswers answers(*store_);
  const auto answered = ask(answers, 1);
  ASSERT_FALSE(answered.answer);
  EXPECT_EQ(answered.answer.error().code, Errc::Unavailable);
}

TEST_F(StoreAnswersTest, EveryQuestionIsAnsweredOnceWhenThereAreTooManyAndAtTheEnd) {
  open().record_sent(sent_message(1));
  std::atomic<std::size_t> answered{0};
  std::atomic<std::size_t> unavailable{0};
  constexpr std::size_t kQuestions = limits::kLedgerQuestions + 5000;
  std::promise<void> released;
  {
    StoreAnswers answers(*store_);
    std::promise<void> held;
    answers.ask(query_of(1), kNow, [&](const Result<proof::LedgerAnswer>&) {
      held.set_value();
      released.get_future().wait();
    });
    held.get_future().wait();
    for (std::size_t i = 0; i < kQuestions; ++i) {
      answers.ask(query_of(1), kNow, [&](const Result<proof::LedgerAnswer>& answer) {
        ++answered;
        unavailable += answer ? 0U : 1U;
      });
    }
    EXPECT_EQ(unavailable, 5000u) << "over the limit, at once";
    released.set_value();
  }
  EXPECT_EQ(answered, kQuestions);
}

}  // namespace
}  // namespace backstop::store
