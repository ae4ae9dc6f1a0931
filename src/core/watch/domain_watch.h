// What is watched of one domain: how much arrives that is not proved to be ours, what is normal,
// and the alarms that stand.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/watch/baseline.h"
#include "core/watch/change.h"
#include "core/watch/event.h"
#include "core/watch/recent.h"
#include "core/watch/run_state.h"
#include "core/watch/sketch.h"

namespace backstop::watch {

// The fast rule: so many within so long, from so many clients.
inline constexpr std::size_t kFastFew = 20;
inline constexpr Second kFastFewSpan = 60;
inline constexpr std::size_t kFastMany = 30;
inline constexpr Second kFastManySpan = 300;
inline constexpr std::size_t kFastClients = 8;
// The slow rule: so many within so long, and so often what is normal in those hours; not of one
// client's loop.
inline constexpr std::size_t kSlowMany = 40;
inline constexpr Second kSlowSpan = 3 * 3600;
inline constexpr double kSlowFactor = 3;
inline constexpr std::size_t kSlowClients = 4;
// Recipients that a dictionary attack tries, and how many of them differ.
inline constexpr std::size_t kDictionaryMany = 60;
inline constexpr std::size_t kDictionaryAddresses = 40;
inline constexpr Second kDictionarySpan = 300;
inline constexpr double kDictionaryFactor = 4;
// All-clear: for so long under twice what is normal, and no spam younger than that came back.
inline constexpr double kQuietFactor = 2;
inline constexpr double kQuietHour = 5;
inline constexpr std::chrono::hours kQuietFor{48};
inline constexpr std::chrono::hours kOriginalsOlderThan{120};
// What is no backscatter is over when its rate has halved for so long.
inline constexpr Second kOtherQuietFor = 3600;

// An alarm that stands.
struct Standing {
  Path path = Path::Fast;
  Second first = 0;
  Second raised = 0;
  Second last = 0;
  Second loud = 0;  // When it last was more than is let pass as normal.
  std::uint64_t count = 0;
  double normal = 0;
  double factor = 0;
  std::uint32_t run = 0;
  Sketch clients;
};

// So many events, in so long; what a rule saw.
struct Burst {
  std::size_t count = 0;
  std::size_t clients = 0;
  Second first = 0;
};

class DomainWatch {
 public:
  explicit DomainWatch(std::string name) : name_(std::move(name)) {}

  // Each counts one recipient, and says what rule it broke now, if any.  REQUIRES: times in order.
  // `has_message`: more came of it than a question for the address.
  std::optional<Burst> on_unproven(Second at, std::uint64_t client, bool has_message,
                                   bool is_forged);
  std::optional<Burst> on_proved(Second at, std::uint64_t client);
  std::optional<Burst> on_callout(Second at, std::uint64_t client);
  std::optional<Burst> on_dictionary(Second at, std::uint64_t client, std::uint64_t address);
  // The rule that the last burst broke.
  Path path() const { return path_; }

  Standing* standing(AttackKind kind) { return alarms_.at(index(kind)).get(); }
  const Standing* standing(AttackKind kind) const { return alarms_.at(index(kind)).get(); }
  Standing& raise(AttackKind kind, Standing standing);
  void restore(AttackKind kind, Standing standing) {
    alarms_.at(index(kind)) = std::make_unique<Standing>(std::move(standing));
  }
  void end(AttackKind kind) { alarms_.at(index(kind)).reset(); }
  bool has_alarm() const;
  // Why the alarm is over, if it is.  `newest_original`: of its run, nothing when unknown.
  std::optional<AllClear> all_clear(AttackKind kind, Second now,
                                    std::optional<Second> newest_original) const;

  // The run that its answers were last found to belong to.
  void saw_run(std::uint32_t run, Second at) {
    run_ = run;
    run_seen_ = at;
  }
  std::uint32_t run_since(Second from) const { return run_seen_ >= from ? run_ : 0; }

  void move_to(Second now);
  const std::string& name() const { return name_; }
  Baseline& baseline() { return baseline_; }
  const Baseline& baseline() const { return baseline_; }
  double normal_per_hour(Second at) const { return baseline_.normal(hour_of(at)); }
  // Forgets what is too old to count, to make room; all of it when the clock was set.
  void forget_quiet(Second now);
  void forget_recent();
  std::size_t memory_bytes() const;

 private:
  template <std::size_t kTimes>
  struct Flow {
    RecentTimes<kTimes> times;
    RecentNames<32> clients;
  };
  struct Unproven : Flow<kSlowMany> {
    BucketedCount<18, 600> three_hours;
    BucketedCount<20, 15> five_minutes;
    RecentTimes<kFastMany> messages;
    Hour hour = 0;
    std::uint32_t hour_count = 0;
  };
  struct Proved : Flow<kFastMany> {
    BucketedCount<18, 600> three_hours;
    BucketedCount<20, 15> five_minutes;
  };
  struct Dictionary : Flow<kDictionaryMany> {
    RecentNames<64> addresses;
    double usual = 0;  // In kDictionarySpan, smoothed over a week.
    Second smoothed = 0;
    std::uint32_t since = 0;  // Counted since then.
  };

  static std::size_t index(AttackKind kind) { return static_cast<std::size_t>(kind); }
  template <std::size_t kTimes>
  static std::optional<Burst> find_fast(const Flow<kTimes>& flow, Second at);
  std::optional<Burst> find_slow(Second at);
  // Our own mailing brings unproven answers along with the proved ones.
  bool is_explained(Second at, bool by_hours);
  bool is_callouts(Second at) const;

  std::string name_;
  Baseline baseline_;
  Path path_ = Path::Fast;
  std::uint32_t run_ = 0;
  Second run_seen_ = 0;
  std::unique_ptr<Unproven> unproven_;
  std::unique_ptr<Proved> proved_;
  std::unique_ptr<Flow<kFastMany>> callouts_;
  std::unique_ptr<Dictionary> dictionary_;
  std::array<std::unique_ptr<Standing>, kAttackKinds> alarms_;
};

}  // namespace backstop::watch
