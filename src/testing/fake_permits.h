// Signing permits as a test scripts them.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "ports/signing_permits.h"

namespace backstop::testing {

// Any thread.  Permits of the ring's emitting key; nonces count up from 1.
class FakePermits final : public ports::SigningPermits {
 public:
  explicit FakePermits(std::shared_ptr<const proof::KeyRing> ring) : ring_(std::move(ring)) {}

  Result<transaction::SigningPermit> permit(Instant /*now*/) override {
    const std::scoped_lock lock(mutex_);
    if (failure_) return tl::unexpected(*failure_);
    if (!ring_ || ring_->emitting() == nullptr) return fail(Errc::NotFound, "", "no key emits");
    transaction::SigningPermit permit;
    permit.ring = ring_;
    permit.key = ring_->emitting()->info().id;
    std::uint64_t number = ++issued_;
    for (auto byte = permit.nonce.rbegin(); byte != permit.nonce.rend(); ++byte, number >>= 8) {
      *byte = static_cast<std::uint8_t>(number);
    }
    return permit;
  }

  // From now on every permit is this error; none again when there is none.
  void fail_with(std::optional<Error> failure) {
    const std::scoped_lock lock(mutex_);
    failure_ = std::move(failure);
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const proof::KeyRing> ring_;
  std::optional<Error> failure_;
  std::uint64_t issued_ = 0;
};

}  // namespace backstop::testing
