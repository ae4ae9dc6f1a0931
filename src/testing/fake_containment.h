// Containment in memory, with as much room as a test says.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ports/containment.h"

namespace backstop::testing {

// Any thread.
class FakeContainment final : public ports::Containment {
 public:
  // `unproven_per_hour`: 0 for no limit.
  explicit FakeContainment(unsigned unproven_per_hour = 0) : most_(unproven_per_hour) {}

  void set_room(bool has_room) {
    const std::scoped_lock lock(mutex_);
    has_room_ = has_room;
  }

  std::shared_ptr<const void> find_room(Instant) override {
    const std::scoped_lock lock(mutex_);
    return has_room_ ? std::make_shared<int>() : nullptr;
  }
  bool keep(transaction::KeepSample sample, std::string_view, Instant) override {
    const std::scoped_lock lock(mutex_);
    if (has_room_) samples_.push_back(std::move(sample));
    return has_room_;
  }
  void count(const transaction::CountRule& deed, Instant) override {
    const std::scoped_lock lock(mutex_);
    ++deeds_[{deed.rule, deed.deed}];
  }
  void add_unproven(const mail::Address& recipient, Instant) override {
    const std::scoped_lock lock(mutex_);
    ++unproven_[mail::canonical(recipient)];
  }
  bool is_over_rate(const mail::Address& recipient, Instant) const override {
    const std::scoped_lock lock(mutex_);
    const auto found = unproven_.find(mail::canonical(recipient));
    return most_ > 0 && found != unproven_.end() && found->second >= most_;
  }

  std::vector<transaction::KeepSample> samples() const {
    const std::scoped_lock lock(mutex_);
    return samples_;
  }
  std::uint64_t deeds(unsigned rule, transaction::RuleDeed deed) const {
    const std::scoped_lock lock(mutex_);
    const auto found = deeds_.find({rule, deed});
    return found == deeds_.end() ? 0 : found->second;
  }

 private:
  const unsigned most_;
  mutable std::mutex mutex_;
  bool has_room_ = false;
  std::vector<transaction::KeepSample> samples_;
  std::map<std::pair<unsigned, transaction::RuleDeed>, std::uint64_t> deeds_;
  std::map<std::string, unsigned> unproven_;
};

}  // namespace backstop::testing
