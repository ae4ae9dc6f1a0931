#include "app/scan_run.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "core/base/limits.h"
#include "edge/mailbox/batch_reader.h"

namespace backstop::app {
namespace {

constexpr std::chrono::milliseconds kProgressInterval{200};

// Two locks, taken one at a time: one thread reads the next batch while others look at theirs; and
// what was found is handed over batch by batch, never message by message.
class Scan {
 public:
  explicit Scan(const ScanJob& job)
      : job_(job),
        reader_(job.paths),
        tickets_(std::size_t{job.threads} * limits::kSurveyBatchesPerThread) {}

  ScanResult run() {
    {
      std::vector<std::jthread> threads;
      working_ = job_.threads;
      start(threads);
      collect();
    }
    if (failure_) std::rethrow_exception(failure_);
    result_.totals = census_.totals();
    return std::move(result_);
  }

 private:
  // Without all of them nothing is read: those that run end, and the error comes out of run().
  void start(std::vector<std::jthread>& threads) {
    try {
      for (unsigned i = 0; i < job_.threads; ++i)
        threads.emplace_back([this] { work(); });
    } catch (const std::exception& error) {
      const std::scoped_lock lock(mutex_);
      failure_ = std::make_exception_ptr(
          std::runtime_error(std::string("a thread cannot be started: ") + error.what()));
      stopped_ = true;
      working_ -= job_.threads - static_cast<unsigned>(threads.size());
      changed_.notify_all();
    }
  }

  bool must_stop() const {
    return stopped_.load(std::memory_order_relaxed) ||
           (job_.stop != nullptr && job_.stop->load(std::memory_order_relaxed));
  }

  void work() {
    try {
      mailbox::Batch batch;
      while (read_next(batch)) {
        BatchFindings found =
            read_batch(batch, job_.wishes, list_ordinary_.load(std::memory_order_relaxed));
        const std::uint64_t index = batch.index;
        batch = {};
        const std::scoped_lock lock(mutex_);
        ready_.emplace(index, std::move(found));
        changed_.notify_all();
      }
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      stopped_ = true;
    }
    const std::scoped_lock lock(mutex_);
    --working_;
    changed_.notify_all();
  }

  // False when there is no more, or it is time to stop.
  bool read_next(mailbox::Batch& batch) {
    const std::scoped_lock reading(reading_);
    if (at_end_) return false;
    {
      // Findings that wait for one before them are bounded.
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return tickets_ > 0 || stopped_; });
      if (must_stop()) {
        was_stopped_ = true;
        return false;
      }
      --tickets_;
    }
    at_end_ = !reader_.next(batch);
    return !at_end_;
  }

  void collect() {
    std::uint64_t next = 0;
    auto shown = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    for (;;) {
      const bool woken = changed_.wait_for(
          lock, kProgressInterval, [this, next] { return ready_.contains(next) || working_ == 0; });
      if (const auto found = ready_.extract(next)) {
        ++tickets_;
        changed_.notify_all();
        lock.unlock();
        add(found.mapped());
        ++next;
        lock.lock();
      } else if (woken) {
        break;  // Nobody works any more, and nothing is left.
      }
      const auto now = std::chrono::steady_clock::now();
      if (job_.on_progress && now - shown >= kProgressInterval) {
        shown = now;
        lock.unlock();
        job_.on_progress(progress());
        lock.lock();
      }
    }
    result_.complete = !was_stopped_;
    if (result_.complete && job_.wishes.truth != nullptr) result_.truth.finish(*job_.wishes.truth);
  }

  void add(BatchFindings& found) {
    disk_bytes_ += found.disk_bytes;
    census_.add_bytes(found.bytes);
    census_.add_bodies(found.bodies);
    census_.add_cut(found.cut);
    for (const auto& day : found.ordinary_days)
      census_.add_ordinary(day);
    for (const survey::Sighting& sighting : found.sightings)
      census_.add(sighting);
    for (survey::OrdinaryMessage& message : found.ordinary)
      census_.list_ordinary(std::move(message));
    for (survey::UnreadablePlace& place : found.unreadable)
      census_.add_unreadable(std::move(place));
    for (const CheckedMessage& checked : found.checked)
      result_.truth.add(checked.source, *checked.expected, checked.found);
    result_.truth.add_unknown(found.unchecked);
    for (const std::string& path : found.met)
      result_.truth.note_met(path);
    // Batches that are read from now on come after all that are listed.
    if (!census_.wants_ordinary()) list_ordinary_.store(false, std::memory_order_relaxed);
    if (job_.on_rows && !found.rows.empty()) job_.on_rows(found.rows);
  }

  ScanProgress progress() const {
    return {.messages = census_.messages(),
            .backscatter = census_.backscatter(),
            .disk_bytes = disk_bytes_,
            .disk_bytes_total = reader_.total_bytes()};
  }

  const ScanJob& job_;
  std::mutex reading_;  // Held while a batch is read: guards reader_ and at_end_.
  mailbox::BatchReader reader_;
  bool at_end_ = false;

  std::mutex mutex_;  // Guards what follows, up to failure_.
  std::condition_variable changed_;
  std::map<std::uint64_t, BatchFindings> ready_;
  std::size_t tickets_;  // Batches that may yet be begun.
  unsigned working_ = 0;
  bool was_stopped_ = false;
  std::exception_ptr failure_;

  std::atomic<bool> stopped_ = false;       // A thread failed.
  std::atomic<bool> list_ordinary_ = true;  // The list of ordinary messages is not full.

  // Of the caller's thread alone.
  survey::Census census_;
  std::uint64_t disk_bytes_ = 0;
  ScanResult result_;
};

}  // namespace

ScanResult run_scan(const ScanJob& job) {
  return Scan(job).run();
}

}  // namespace backstop::app
