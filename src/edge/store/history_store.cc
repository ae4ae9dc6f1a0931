#include "edge/store/history_store.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "edge/store/history_file.h"
#include "edge/store/history_schema.h"
#include "edge/store/ledger_place.h"

namespace backstop::store {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Rows written in one transaction.
constexpr std::size_t kBatchRows = 1000;
// Steps of dropping between two batches; more would let rows wait.
constexpr int kDropStepsAtOnce = 4;
// How often age is looked at when nothing comes.
constexpr std::chrono::seconds kDropEvery{60};
// After a failure the file is left alone for this long.
constexpr std::chrono::seconds kRetryAfter{10};
// A file that is damaged again this soon is not moved aside again: then the disk is, and a heap of
// broken files would help nobody.
constexpr std::chrono::hours kMoveAsideAgain{1};

}  // namespace

class HistoryStore::Writer {
 public:
  Writer(std::string directory, HistoryLimits history_limits, const ports::Clock& clock,
         OnTrouble on_trouble)
      : directory_(std::move(directory)),
        clock_(clock),
        on_trouble_(std::move(on_trouble)),
        limits_(history_limits),
        thread_([this] { run(); }) {}

  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void append(transaction::HistoryRow row) {
    {
      const std::lock_guard lock(mutex_);
      if (queue_.size() >= limits::kHistoryQueue) {
        ++health_.lost;
        ++lost_untold_;
        return;
      }
      queue_.push_back(std::move(row));
      if (queue_.size() != 1 && queue_.size() != kBatchRows) return;
    }
    wake_.notify_all();
  }

  void set_limits(HistoryLimits history_limits) {
    const std::lock_guard lock(mutex_);
    limits_ = history_limits;
    drop_due_ = SteadyClock::now();
  }

  Health health() const {
    const std::lock_guard lock(mutex_);
    Health out = health_;
    out.waiting = queue_.size();
    return out;
  }

  void flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t ticket = ++flushes_wanted_;
    wake_.notify_all();
    flushed_.wait(lock, [&] { return flushes_done_ >= ticket; });
  }

 private:
  void run() {
    open();  // Who looks before the first message finds a history without rows, not none.
    std::unique_lock lock(mutex_);
    for (;;) {
      wait_for_work(lock);
      const bool urgent = stopping_ || flushes_wanted_ > flushes_done_;
      const std::uint64_t ticket = flushes_wanted_;
      lock.unlock();
      const bool idle = work(urgent);
      lock.lock();
      if (!idle) continue;
      flushes_done_ = ticket;
      flushed_.notify_all();
      if (stopping_) return;
    }
  }

  void wait_for_work(std::unique_lock<std::mutex>& lock) {
    const auto urgent = [&] { return stopping_ || flushes_wanted_ > flushes_done_; };
    if (urgent()) return;
    if (!health_.trouble.empty() && !queue_.empty()) {
      wake_.wait_until(lock, retry_at_, urgent);
      return;
    }
    wake_.wait_until(lock, drop_due_, [&] { return urgent() || !queue_.empty(); });
    // Others join the first: one commit for all of them.
    wake_.wait_for(lock, kHistoryCommitWait,
                   [&] { return urgent() || queue_.size() >= kBatchRows; });
  }

  // One batch and a few steps; true when nothing is left to be done for now.
  bool work(bool urgent) {
    if (!file_ && (urgent || SteadyClock::now() >= retry_at_)) open();
    if (!file_) return true;
    std::vector<transaction::HistoryRow> batch = take_batch();
    if (!batch.empty()) {
      if (auto written = file_->write(batch); !written) {
        give_back(std::move(batch));
        on_failure(written.error());
        return true;
      }
    }
    tell_end(batch.size());
    const std::optional<bool> more = drop(urgent || !batch.empty());
    if (!more) return true;
    const std::lock_guard lock(mutex_);
    return !*more && queue_.empty();
  }

  void open() {
    auto file = HistoryFile::open(directory_);
    if (!file && file.error().code == Errc::Invalid && begin_anew(file.error())) {
      file = HistoryFile::open(directory_);
    }
    if (!file) {
      on_failure(file.error());
      return;
    }
    file_.emplace(*std::move(file));
  }

  // Moves the damaged file aside.  False when it was done a short while ago, or cannot be: then
  // `error` says why.
  bool begin_anew(Error& error) {
    file_.reset();
    const auto now = SteadyClock::now();
    if (moved_aside_at_ && now - *moved_aside_at_ < kMoveAsideAgain) return false;
    moved_aside_at_ = now;
    auto aside = store::move_aside(directory_ + "/" + std::string(kHistoryFile), clock_.now());
    if (!aside) {
      error = std::move(aside).error();
      return false;
    }
    on_trouble_({.is_over = false,
                 .sentence = fmt::format(
                     "The history was damaged and is begun anew; the old file is kept as {} ({}). "
                     "Mail is not concerned. See whether the disk is failing.",
                     *aside, error.detail)});
    return true;
  }

  std::vector<transaction::HistoryRow> take_batch() {
    const std::lock_guard lock(mutex_);
    std::vector<transaction::HistoryRow> out;
    while (!queue_.empty() && out.size() < kBatchRows) {
      out.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return out;
  }

  void give_back(std::vector<transaction::HistoryRow> batch) {
    const std::lock_guard lock(mutex_);
    while (!batch.empty()) {
      if (queue_.size() >= limits::kHistoryQueue) {
        queue_.pop_back();
        ++health_.lost;
        ++lost_untold_;
      }
      queue_.push_front(std::move(batch.back()));
      batch.pop_back();
    }
  }

  void on_failure(Error error) {
    file_.reset();
    retry_at_ = SteadyClock::now() + kRetryAfter;
    if (error.code == Errc::Invalid && begin_anew(error)) {
      retry_at_ = SteadyClock::now();
      return;
    }
    const std::string sentence = fmt::format(
        "The history cannot be written; mail is not concerned, up to {} rows wait, and it is tried "
        "again every {} s. {}",
        limits::kHistoryQueue, kRetryAfter.count(), error.text());
    bool is_known = false;
    {
      // The same trouble shows in different words, as the place it is met at has it.
      const std::lock_guard lock(mutex_);
      is_known = !health_.trouble.empty() && told_code_ == error.code;
      health_.trouble = sentence;
    }
    told_code_ = error.code;
    if (is_known) return;
    on_trouble_({.is_over = false, .sentence = sentence});
  }

  void tell_end(std::size_t written) {
    std::uint64_t lost = 0;
    bool was_trouble = false;
    {
      const std::lock_guard lock(mutex_);
      health_.written += written;
      lost = std::exchange(lost_untold_, 0);
      was_trouble = !health_.trouble.empty() && written > 0;
      if (was_trouble) health_.trouble.clear();
    }
    if (lost > 0) {
      // A loss that cannot be written down is told below all the same.
      [[maybe_unused]] const auto noted = file_->write_loss(clock_.now(), lost);
    }
    if (!was_trouble && lost == 0) return;
    on_trouble_(
        {.is_over = true,
         .sentence = fmt::format("The history is written again; {} rows were lost.", lost)});
  }

  // Nothing after a failure; else whether there is more to drop.
  std::optional<bool> drop(bool due) {
    HistoryLimits history_limits;
    {
      const std::lock_guard lock(mutex_);
      const auto now = SteadyClock::now();
      if (!due && now < drop_due_) return false;
      drop_due_ = now + kDropEvery;
      history_limits = limits_;
    }
    if (file_->is_replaced()) file_.reset();
    for (int i = 0; file_ && i < kDropStepsAtOnce; ++i) {
      const auto more = file_->drop_step(history_limits, clock_.now());
      if (!more) {
        on_failure(more.error());
        return std::nullopt;
      }
      if (!*more) return false;
    }
    if (!file_) return false;  // Another is opened with the next rows.
    const std::lock_guard lock(mutex_);
    drop_due_ = SteadyClock::now();
    return true;
  }

  const std::string directory_;
  const ports::Clock& clock_;
  const OnTrouble on_trouble_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable flushed_;
  // Guarded by mutex_.
  std::deque<transaction::HistoryRow> queue_;
  HistoryLimits limits_;
  Health health_;
  std::uint64_t lost_untold_ = 0;
  std::uint64_t flushes_wanted_ = 0;
  std::uint64_t flushes_done_ = 0;
  bool stopping_ = false;
  SteadyClock::time_point drop_due_{};

  // The thread's own.
  std::optional<HistoryFile> file_;
  SteadyClock::time_point retry_at_{};
  Errc told_code_ = Errc::Internal;
  std::optional<SteadyClock::time_point> moved_aside_at_;

  std::thread thread_;  // Last: it uses all of the above.
};

HistoryStore::HistoryStore(std::string directory, HistoryLimits history_limits,
                           const ports::Clock& clock, OnTrouble on_trouble)
    : writer_(std::make_unique<Writer>(std::move(directory), history_limits, clock,
                                       std::move(on_trouble))) {}
HistoryStore::~HistoryStore() = default;

void HistoryStore::append(transaction::HistoryRow row) {
  writer_->append(std::move(row));
}
void HistoryStore::set_limits(HistoryLimits history_limits) {
  writer_->set_limits(history_limits);
}
HistoryStore::Health HistoryStore::health() const {
  return writer_->health();
}
void HistoryStore::flush() {
  writer_->flush();
}

}  // namespace backstop::store
