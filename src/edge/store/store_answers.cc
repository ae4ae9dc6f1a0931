#include "edge/store/store_answers.h"

#include <utility>

#include "edge/store/ledger_store.h"

namespace backstop::store {
namespace {

Result<proof::LedgerAnswer> unavailable(const char* why) {
  return fail(Errc::Unavailable, "ledger", why);
}

}  // namespace

StoreAnswers::StoreAnswers(LedgerStore& ledger)
    : ledger_(ledger), thread_([this] { answer_until_closed(); }) {}

StoreAnswers::~StoreAnswers() {
  {
    const std::scoped_lock lock(mutex_);
    is_closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void StoreAnswers::ask(const proof::LedgerQuery& query, Instant now, Done done) {
  if (auto answer = ledger_.look_up_now(query, now)) return done(std::move(*answer));
  {
    const std::scoped_lock lock(mutex_);
    if (!is_closing_ && questions_.size() < limits::kLedgerQuestions) {
      questions_.push_back({query, now, std::chrono::steady_clock::now(), std::move(done)});
      wake_.notify_one();
      return;
    }
  }
  done(unavailable("Too many questions wait for the disk."));
}

void StoreAnswers::answer_until_closed() {
  for (;;) {
    Question question;
    bool is_closing = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return is_closing_ || !questions_.empty(); });
      if (questions_.empty()) return;
      question = std::move(questions_.front());
      questions_.pop_front();
      is_closing = is_closing_;
    }
    if (is_closing) {
      question.done(unavailable("The ledger is being closed."));
    } else if (std::chrono::steady_clock::now() - question.asked > limits::kAskWait) {
      question.done(unavailable("The disk was too slow."));
    } else {
      question.done(ledger_.look_up(question.query, question.now));
    }
  }
}

}  // namespace backstop::store
