// How much unproven mail each of our addresses got within the hour.
//
// Memory is bounded by limits::kRateRecipients; who finds no room is not limited.  Pure; not
// thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/base/rule_limits.h"
#include "core/base/time.h"
#include "core/mail/address.h"

namespace backstop::watch {

class UnprovenRate {
 public:
  void add(const mail::Address& recipient, Instant now);
  // Within the clock hour of `now`.
  unsigned count(const mail::Address& recipient, Instant now) const;

 private:
  std::map<std::string, unsigned> counts_;  // By canonical address.
  Instant hour_{};
};

}  // namespace backstop::watch
