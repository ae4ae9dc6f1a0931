// When mail of ours may have gone out unsigned: the heartbeat, and the signing gaps that follow
// from it and from what failed.
//
// Invariants
//   (1) The heartbeat is written only when every gap known is on the disk: whatever a crash makes
//       us forget falls in the gap that begins with the last beat.
//   (2) A gap that is open is in the snapshot, and reaches at least to the last beat.
//   (3) A disk that fails takes nothing from what is known in memory, and is tried again with every
//       beat.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/proof/signing_gap.h"
#include "edge/os/heartbeat.h"
#include "ports/alarms.h"
#include "ports/log_sink.h"

namespace backstop::app {

// Beats further apart than this were a pause in which a mail server may have passed us over.
inline constexpr std::chrono::seconds kBeatPause{10};
// The system's clock and the steady one may part by so much between two beats.
inline constexpr std::chrono::seconds kClockStep{30};
// How old the end of an open gap may be on the disk.
inline constexpr std::chrono::seconds kGapRewrite{60};
// How long we may have been down when the clock was set back meanwhile and cannot tell.
inline constexpr std::chrono::hours kUnknownPause{24};

class SigningWatch {
 public:
  using Steady = std::chrono::steady_clock;

  // Reads in `directory` how the last life ended: since then is a gap, until the first beat.  Where
  // it never beat there is none.  What cannot be read is an alarm.  `log` and `alarms` must outlive
  // this.  `lifetime`: that of proofs.
  SigningWatch(std::string directory, Seconds lifetime, ports::LogSink& log, ports::Alarms& alarms,
               Instant now);

  // Every second for as long as the sockets are open; the first closes the gap of the start.  One
  // thread; writes to the disk.
  void beat(Instant now, Steady::time_point steady = Steady::now());
  // The sockets are closed, and no beat follows.  The same thread.
  void rest(Instant now);

  // Any thread; none of these waits for a disk.

  // A message of ours goes out unsigned, or may have.
  void signing_failed(Instant now);
  // One was signed: what failed is over.
  void signing_works(Instant now);
  // What is sent cannot be written down, and can again.
  void store_failing(Instant now);
  void store_works(Instant now);
  // Mail of ours passed by us at that time.
  void unseen(Instant at);
  void set_lifetime(Seconds lifetime);
  // In order; never null.
  std::shared_ptr<const std::vector<proof::SigningGap>> snapshot() const;

 private:
  using Cause = proof::GapCause;
  static constexpr std::size_t kCauses = 4;
  struct Open {
    Instant from{};
    Instant to{};
  };

  void read_last_life(Instant now);
  void open(Cause cause, Instant now, std::string_view sentence);
  void close(Cause cause, Instant now);
  void look_at_clocks(Instant now, Steady::time_point steady);
  void extend_open(Instant now);
  bool write_gaps(Instant now);
  void write_beat(Instant now);
  // REQUIRES: mutex_ is held.
  void add(Instant a, Instant b, Cause cause, Instant now);
  std::optional<Open>& open_of(Cause cause) { return open_[static_cast<std::size_t>(cause)]; }

  const std::string directory_;
  ports::LogSink& log_;
  ports::Alarms& alarms_;
  // The beating thread's own:
  os::Heartbeat heart_;
  std::optional<Instant> last_beat_;
  Steady::time_point last_steady_;
  std::string gaps_trouble_;
  std::string beat_trouble_;

  std::mutex mutex_;  // Guards what follows.
  Seconds lifetime_;
  std::vector<proof::SigningGap> gaps_;
  std::array<std::optional<Open>, kCauses> open_;
  bool unwritten_ = false;  // There is more than the end of an open gap.
  Instant written_{};

  std::array<std::atomic<bool>, kCauses> is_open_{};  // So that each signed message costs a load.
  std::atomic<std::shared_ptr<const std::vector<proof::SigningGap>>> snapshot_;
};

}  // namespace backstop::app
