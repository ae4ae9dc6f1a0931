// Other answers, and besides whether a canary's pass is used for the first time.
#pragma once

#include <mutex>
#include <utility>

#include "core/proof/canary_pass.h"
#include "ports/answers.h"

namespace backstop::app {

// Any thread.
class CanaryAnswers final : public ports::Answers {
 public:
  // REQUIRES: `others` outlives this.
  CanaryAnswers(ports::Answers& others, Instant now) : others_(others), used_(now) {}

  void ask_permit(Instant now, Done done) override { others_.ask_permit(now, std::move(done)); }
  void ask_ledger(const proof::LedgerQuery& query, Instant now, Done done) override {
    others_.ask_ledger(query, now, std::move(done));
  }
  void ask_dkim_key(const proof::DkimKeyName& name, Instant now, Done done) override {
    others_.ask_dkim_key(name, now, std::move(done));
  }
  void ask_canary_pass(const proof::CanaryPass& pass, Instant now, Done done) override {
    if (claim(pass, now)) {
      done(transaction::Answer{transaction::CanaryGranted{}});
    } else {
      done(fail(Errc::Exists, "", "this pass was used, or is of before the daemon started"));
    }
  }

 private:
  bool claim(const proof::CanaryPass& pass, Instant now) {
    const std::scoped_lock lock(mutex_);
    return used_.claim(pass, now);
  }

  ports::Answers& others_;
  std::mutex mutex_;
  proof::UsedPasses used_;  // Guarded by mutex_.
};

}  // namespace backstop::app
