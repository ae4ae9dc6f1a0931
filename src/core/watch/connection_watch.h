// Four times the usual connections, and three quarters of the recipients refused: what an attack
// looks like to a server that bears it without load.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/watch/baseline.h"
#include "core/watch/change.h"
#include "core/watch/recent.h"

namespace backstop::watch {

inline constexpr double kConnectionFactor = 4;
inline constexpr std::uint64_t kConnectionsLeast = 40;  // In the span; and as many refused.
inline constexpr Second kConnectionSpan = 600;

struct ConnectionAlarm {
  AttackKind kind = AttackKind::Backscatter;  // By the senders of what was refused.
  std::string domain;                         // The one that is hit most.
  std::uint64_t connections = 0;
  std::uint64_t refused = 0;
  double normal_per_hour = 0;
  double factor = 0;
};

class ConnectionWatch {
 public:
  void on_connection(Second at);
  // What is to be told now, if anything; once, until an hour has passed without.
  std::optional<ConnectionAlarm> on_recipient(Second at, std::string_view domain, bool is_refused,
                                              bool is_null_sender);
  Baseline& baseline() { return baseline_; }
  const Baseline& baseline() const { return baseline_; }
  void forget_recent();

 private:
  struct Hit {
    std::string domain;
    std::uint64_t n = 0;
  };
  void count_hit(std::string_view domain);

  // In steps of 8: a busy server has 100,000 an hour.
  Baseline baseline_{8};
  BucketedCount<10, 60> connections_;
  BucketedCount<10, 60> recipients_;
  BucketedCount<10, 60> refused_;
  BucketedCount<10, 60> refused_null_;
  std::array<Hit, 8> hits_;  // The most frequent, by Misra and Gries.
  Second checked_ = 0;
  Second loud_ = 0;
};

}  // namespace backstop::watch
