// Answers when a test says so.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "ports/answers.h"

namespace backstop::testing {

// Any thread.
class FakeAnswers final : public ports::Answers {
 public:
  enum class When {
    AtOnce,  // Inside the asking call.
    Held,    // On release().
  };
  // Every answer is `answer` until set_answer says otherwise.
  explicit FakeAnswers(When when = When::AtOnce,
                       Result<transaction::Answer> answer = fail(Errc::NotFound, "",
                                                                 "no key emits"))
      : when_(when), answer_(std::move(answer)) {}

  void ask_permit(Instant /*now*/, Done done) override { take(std::move(done)); }
  void ask_ledger(const proof::LedgerQuery& /*query*/, Instant /*now*/, Done done) override {
    take(std::move(done));
  }
  void ask_dkim_key(const proof::DkimKeyName& /*name*/, Instant /*now*/, Done done) override {
    take(std::move(done));
  }

  void set_answer(Result<transaction::Answer> answer) {
    const std::scoped_lock lock(mutex_);
    answer_ = std::move(answer);
  }
  // Answers all that was asked and held, in the calling thread.
  void release() {
    std::vector<Done> held;
    std::optional<Result<transaction::Answer>> answer;
    {
      const std::scoped_lock lock(mutex_);
      held.swap(held_);
      answer = answer_;
    }
    for (const Done& done : held)
      done(*answer);
  }
  std::size_t asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }

 private:
  void take(Done done) {
    std::optional<Result<transaction::Answer>> answer;
    {
      const std::scoped_lock lock(mutex_);
      ++asked_;
      if (when_ == When::Held) {
        held_.push_back(std::move(done));
        return;
      }
      answer = answer_;
    }
    done(std::move(*answer));
  }

  mutable std::mutex mutex_;
  When when_;
  Result<transaction::Answer> answer_;
  std::vector<Done> held_;
  std::size_t asked_ = 0;
};

}  // namespace backstop::testing
