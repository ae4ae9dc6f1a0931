#include "edge/store/review_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "edge/store/ledger_place.h"
#include "edge/store/review_schema.h"

namespace backstop::store {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Sightings that wait: 5 KB each at most.  In an attack there are more than anybody will look at.
constexpr std::size_t kQueue = 1000;
// Others join the first: one commit for all of them.
constexpr std::chrono::milliseconds kCommitWait{500};
// How often age is looked at when nothing comes.
constexpr std::chrono::seconds kDropEvery{600};
// After a failure the file is left alone for this long.
constexpr std::chrono::seconds kRetryAfter{10};
// A file damaged again this soon is not moved aside again: then the disk is.
constexpr std::chrono::hours kMoveAsideAgain{1};

}  // namespace

class ReviewStore::Writer {
 public:
  Writer(std::string directory, const ports::Clock& clock, OnTrouble on_trouble,
         ReviewLimits review_limits)
      : directory_(std::move(directory)),
        clock_(clock),
        on_trouble_(std::move(on_trouble)),
        limits_(review_limits),
        thread_([this] { run(); }) {}

  ~Writer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void add(review::Sighting sighting) {
    {
      const std::lock_guard lock(mutex_);
      if (queue_.size() >= kQueue) {
        ++left_out_;
        if (sighting.hints == 0) return;
        // What speaks for us takes the place of what nothing speaks for.
        const auto other = std::ranges::find(queue_, review::Hints{0}, &review::Sighting::hints);
        if (other != queue_.end()) *other = std::move(sighting);
        return;
      }
      queue_.push_back(std::move(sighting));
      if (queue_.size() != 1) return;
    }
    wake_.notify_all();
  }

  void flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t ticket = ++flushes_wanted_;
    wake_.notify_all();
    flushed_.wait(lock, [&] { return flushes_done_ >= ticket; });
  }

  std::uint64_t left_out() const {
    const std::lock_guard lock(mutex_);
    return left_out_;
  }

 private:
  bool is_urgent() const { return stopping_ || flushes_wanted_ > flushes_done_; }

  void run() {
    open();
    std::unique_lock lock(mutex_);
    for (;;) {
      if (!is_urgent()) {
        wake_.wait_for(lock, kDropEvery, [&] { return is_urgent() || !queue_.empty(); });
        wake_.wait_for(lock, kCommitWait, [&] { return is_urgent(); });
      }
      const std::uint64_t ticket = flushes_wanted_;
      std::vector<review::Sighting> batch = std::exchange(queue_, {});
      lock.unlock();
      const std::size_t lost = work(batch) ? 0 : batch.size();
      lock.lock();
      left_out_ += lost;
      flushes_done_ = ticket;
      flushed_.notify_all();
      if (stopping_) return;
    }
  }

  // False when the batch could not be written.
  bool work(const std::vector<review::Sighting>& batch) {
    if (file_ && file_->is_replaced()) file_.reset();
    if (!file_ && SteadyClock::now() >= retry_at_) open();
    if (!file_) return false;
    // First what is old, so that there is room.
    auto done = file_->drop(clock_.now());
    if (done && !batch.empty()) done = file_->write(batch);
    if (!done) {
      on_failure(done.error());
      return false;
    }
    if (std::exchange(told_, false)) on_trouble_("");
    return true;
  }

  void open() {
    auto file = ReviewFile::open(directory_, limits_);
    if (!file) {
      on_failure(file.error());
      return;
    }
    file_.emplace(*std::move(file));
  }

  void on_failure(const Error& error) {
    file_.reset();
    retry_at_ = SteadyClock::now() + kRetryAfter;
    const auto now = SteadyClock::now();
    if (error.code == Errc::Invalid &&
        (!moved_aside_at_ || now - *moved_aside_at_ > kMoveAsideAgain)) {
      moved_aside_at_ = now;
      const auto aside = move_aside(directory_ + "/" + std::string(kReviewFile), clock_.now());
      if (aside) {
        on_trouble_(fmt::format(
            "What was kept for backstop review was damaged and is begun anew; the old file is kept "
            "as {} ({}). Mail is not concerned.",
            *aside, error.detail));
        open();
        return;
      }
    }
    if (std::exchange(told_, true)) return;
    on_trouble_(
        fmt::format("What backstop review shows cannot be written; mail is not concerned, and it "
                    "is tried again "
                    "every {} s. {}",
                    kRetryAfter.count(), error.text()));
  }

  const std::string directory_;
  const ports::Clock& clock_;
  const OnTrouble on_trouble_;
  const ReviewLimits limits_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable flushed_;
  // Guarded by mutex_.
  std::vector<review::Sighting> queue_;
  std::uint64_t left_out_ = 0;
  std::uint64_t flushes_wanted_ = 0;
  std::uint64_t flushes_done_ = 0;
  bool stopping_ = false;

  // The thread's own.
  std::optional<ReviewFile> file_;
  SteadyClock::time_point retry_at_{};
  std::optional<SteadyClock::time_point> moved_aside_at_;
  bool told_ = false;

  std::thread thread_;  // Last: it uses all of the above.
};

ReviewStore::ReviewStore(std::string directory, const ports::Clock& clock, OnTrouble on_trouble,
                         ReviewLimits review_limits)
    : writer_(std::make_unique<Writer>(std::move(directory), clock, std::move(on_trouble),
                                       review_limits)) {}
ReviewStore::~ReviewStore() = default;

void ReviewStore::add(review::Sighting sighting) {
  writer_->add(std::move(sighting));
}
void ReviewStore::flush() {
  writer_->flush();
}
std::uint64_t ReviewStore::left_out() const {
  return writer_->left_out();
}

}  // namespace backstop::store
