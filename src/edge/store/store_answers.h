// Answers questions to the ledger without making the asker wait: from memory at once where nothing
// is known of what is asked, as of most of a flood; else from a thread that may read the disk.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/proof/sent.h"

namespace backstop::store {

class LedgerStore;

class StoreAnswers {
 public:
  using Done = std::function<void(Result<proof::LedgerAnswer>)>;

  // `ledger` must live longer.
  explicit StoreAnswers(LedgerStore& ledger);
  // Answers what still waits with Errc::Unavailable.
  ~StoreAnswers();

  // Calls `done` once, inside this call or from the reading thread.  Errors: Errc::Unavailable when
  // the ledger is away, limits::kLedgerQuestions wait already, or this one waited for longer than
  // limits::kAskWait.  Any thread.
  void ask(const proof::LedgerQuery& query, Instant now, Done done);

 private:
  struct Question {
    proof::LedgerQuery query;
    Instant now;
    std::chrono::steady_clock::time_point asked;
    Done done;
  };
  void answer_until_closed();

  LedgerStore& ledger_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Question> questions_;  // Guarded by mutex_.
  bool is_closing_ = false;         // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace backstop::store
