// Wrong tags of all doors, counted in this process; they begin anew with it.
#pragma once

#include <mutex>

#include "core/proof/wrong_tags.h"
#include "ports/metrics.h"
#include "ports/wrong_tags.h"

namespace backstop::door {

// Any thread.
class WrongTagCount final : public ports::WrongTags {
 public:
  // REQUIRES: `metrics` outlives this.  Null: only clients are counted.
  explicit WrongTagCount(ports::Metrics* metrics = nullptr) : metrics_(metrics) {}

  void add(const IpAddress& client, Instant now) override {
    if (metrics_ != nullptr) metrics_->add({.metric = metrics::Metric::WrongTagsTotal});
    const std::scoped_lock lock(mutex_);
    tags_.add(client, now);
  }
  unsigned count(const IpAddress& client, Instant now) const override {
    const std::scoped_lock lock(mutex_);
    return tags_.count(client, now);
  }

 private:
  ports::Metrics* metrics_;
  mutable std::mutex mutex_;
  proof::WrongTags tags_;
};

}  // namespace backstop::door
