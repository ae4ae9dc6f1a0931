// Delivers documents to a webhook, one after the other and each until it is taken or given up, in a
// thread of its own.  One that is answered badly limits::kWebhookTriesInFront times lets those
// behind it go first, so that one that the receiver chokes on keeps no other from it.  What waits
// is in a spool, so that nothing is lost while the receiver, or this process, is away.
//
// A document may come twice: when the answer to it was lost.  Its "id" tells.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "core/base/feed_limits.h"
#include "core/base/result.h"
#include "edge/webhook/post.h"
#include "edge/webhook/spool.h"
#include "ports/clock.h"

namespace backstop::webhook {

// How it fares.  Called from the thread of delivery, or within add(); sentences hold the receiver's
// words, not escaped.
class DeliveryObserver {
 public:
  virtual ~DeliveryObserver() = default;
  virtual void on_delivered() = 0;
  // It will be tried again; once for each try.
  virtual void on_waiting(std::string_view sentence) = 0;
  // It was refused for good, or waited for too long: it is gone.
  virtual void on_given_up(std::string_view sentence) = 0;
  // There was no room for it: it is gone.
  virtual void on_dropped(std::string_view sentence) = 0;
};

struct DeliveryOptions {
  Target target;
  std::string spool_path;  // "": in memory.
  std::size_t spool_bytes = limits::kSpoolBytes;
  std::span<const std::chrono::milliseconds> waits = limits::kWebhookWaits;  // Not empty.
  Seconds give_up = limits::kWebhookGiveUp;
};

class Delivery {
 public:
  // Delivers nothing yet.  `clock` and `observer` outlive it.  Errors: as of Spool::open and
  // Poster::make.
  static Result<std::unique_ptr<Delivery>> open(DeliveryOptions options, const ports::Clock& clock,
                                                DeliveryObserver& observer);
  // From now on, what was left from before too.  Once.
  void begin() {
    thread_ = std::thread([this] { run(); });
  }
  // stop().
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // `document`: JSON on one line.  Any thread; writes a file.
  void add(std::string_view document);
  std::size_t waiting() const;
  // The spool that was left could not be read whole.
  bool was_damaged() const { return was_damaged_; }
  // What waits stays in the spool.  Gives up the delivery that is going on.
  void stop();

 private:
  Delivery(DeliveryOptions options, Spool spool, Poster poster, const ports::Clock& clock,
           DeliveryObserver& observer);
  void run();
  // False when the spool cannot be used.
  bool pop();
  void deliver(const Spool::Line& line);
  // The oldest was answered badly once more; `wait`: before the next try.
  void let_others_by(std::chrono::milliseconds wait);
  void rest(std::chrono::milliseconds wait);

  const DeliveryOptions options_;
  const ports::Clock& clock_;
  DeliveryObserver& observer_;
  const bool was_damaged_;
  Poster poster_;             // The thread's own.
  std::size_t failed_ = 0;    // Tries in a row; likewise, as what follows.
  unsigned front_tries_ = 0;  // Of the oldest one, answered badly.
  unsigned aside_ = 0;        // So many were set behind the others, in a row.
  std::atomic<bool> is_stopping_{false};
  mutable std::mutex mutex_;  // Guards the spool.
  std::condition_variable wake_;
  Spool spool_;
  std::thread thread_;
};

}  // namespace backstop::webhook
