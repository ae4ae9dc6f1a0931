#include "core/watch/unproven_rate.h"

namespace backstop::watch {
namespace {

Instant hour_of(Instant at) {
  return std::chrono::floor<std::chrono::hours>(at);
}

}  // namespace

void UnprovenRate::add(const mail::Address& recipient, Instant now) {
  if (hour_of(now) != hour_) {
    counts_.clear();
    hour_ = hour_of(now);
  }
  std::string name = mail::canonical(recipient);
  const auto found = counts_.find(name);
  if (found != counts_.end()) {
    ++found->second;
  } else if (counts_.size() < limits::kRateRecipients) {
    counts_.emplace(std::move(name), 1U);
  }
}

unsigned UnprovenRate::count(const mail::Address& recipient, Instant now) const {
  if (hour_of(now) != hour_) return 0;
  const auto found = counts_.find(mail::canonical(recipient));
  return found == counts_.end() ? 0 : found->second;
}

}  // namespace backstop::watch
