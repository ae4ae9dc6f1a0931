// One configuration and one ring, until a test swaps them.
#pragma once

#include <mutex>
#include <utility>

#include "ports/surroundings.h"

namespace backstop::testing {

// Any thread.
class FixedSurroundings final : public ports::SurroundingsSource {
 public:
  explicit FixedSurroundings(transaction::Surroundings surroundings)
      : surroundings_(std::move(surroundings)) {}
  // Nothing configured, no keys.
  FixedSurroundings() : FixedSurroundings({std::make_shared<const config::Config>(), nullptr}) {}

  transaction::Surroundings current() const override {
    const std::scoped_lock lock(mutex_);
    return surroundings_;
  }
  void set(transaction::Surroundings surroundings) {
    const std::scoped_lock lock(mutex_);
    surroundings_ = std::move(surroundings);
  }

 private:
  mutable std::mutex mutex_;
  transaction::Surroundings surroundings_;
};

}  // namespace backstop::testing
