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
    AtOnce,  // Inside ask_permit.
    Held,    // On release().
  };
  // Every answer is `answer` until set_answer says otherwise.
  explicit FakeAnswers(When when = When::AtOnce,
                       Result<transaction::SigningPermit> answer = fail(Errc::NotFound, "",
                                                                        "no key emits"))
      : when_(when), answer_(std::move(answer)) {}

  void ask_permit(Instant /*now*/, PermitDone done) override {
    std::optional<Result<transaction::SigningPermit>> answer;
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

  void set_answer(Result<transaction::SigningPermit> answer) {
    const std::scoped_lock lock(mutex_);
    answer_ = std::move(answer);
  }
  // Answers all that was asked and held, in the calling thread.
  void release() {
    std::vector<PermitDone> held;
    std::optional<Result<transaction::SigningPermit>> answer;
    {
      const std::scoped_lock lock(mutex_);
      held.swap(held_);
      answer = answer_;
    }
    for (const PermitDone& done : held)
      done(*answer);
  }
  std::size_t asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }

 private:
  mutable std::mutex mutex_;
  When when_;
  Result<transaction::SigningPermit> answer_;
  std::vector<PermitDone> held_;
  std::size_t asked_ = 0;
};

}  // namespace backstop::testing
