// Watches what is judged for attacks, raises the alarms of their kinds, and tells transactions
// which domains are under attack and what fits the runs behind it.
//
// Invariants
//   (1) Alarms and runs work from memory; a state file that cannot be read or written is an alarm
//       of its own and stops nothing.
//   (2) A canary and mail of our own count for nothing.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/alarm/alarm.h"
#include "core/watch/watch.h"
#include "edge/logs/log_line.h"
#include "ports/alarms.h"
#include "ports/entropy.h"
#include "ports/log_sink.h"
#include "ports/record_observer.h"

namespace backstop::app {

// In store.directory.
inline constexpr std::string_view kWatchFile = "watch";
// How old may be what the disk has.
inline constexpr std::chrono::seconds kWatchRewrite{60};

class AttackWatch final : public ports::RecordObserver {
 public:
  // Says whether an original left by a path of ours that is known and does not sign.
  using PathKnown = std::function<bool(const reading::Reading&, const std::string& domain)>;

  // `directory`: "" where nothing is kept.  `log` and
  // `alarms` outlive this.
  AttackWatch(const std::string& directory, ports::Entropy& entropy, ports::LogSink& log,
              ports::Alarms& alarms, Instant now);

  // Before the first message.
  void tell_paths(PathKnown is_known) { is_known_ = std::move(is_known); }
  // Any thread; waits for nothing.
  void on_record(const transaction::Record& record, std::string_view queue_id) override;

  // A recipient of a guarded domain that the mail server refused, as its log has it; other lines
  // are passed over.  Any thread.
  void on_logged(const logs::LogLine& line, Instant now);

  // Every second, one thread: takes what waits, tells what changed, writes now and then.
  void beat(Instant now);
  // The same thread, at the end.
  void rest();

  // Any thread; never null.
  std::shared_ptr<const watch::AttackList> list() const { return list_.load(); }
  struct Counts {
    std::size_t attacks = 0;
    std::size_t runs = 0;
    std::size_t bytes = 0;
  };
  // Any thread; of the last beat.
  Counts counts() const;

 private:
  struct Waiting {
    struct Recipient {
      mail::Address address;
      watch::Verdict verdict = watch::Verdict::Unproven;
      watch::Proof proof = watch::Proof::None;
      watch::AddressState state = watch::AddressState::Unknown;
    };
    Instant at{};
    std::string client;
    bool null_sender = false;
    std::vector<Recipient> recipients;
    std::shared_ptr<const reading::Reading> reading;  // Null for what was refused at RCPT.
  };

  void read();
  void write(Instant now);
  void wait(Waiting one);
  void add(const Waiting& one);
  void add_refused(const Waiting& one);
  void tell(const watch::Change& change);
  void end_alarm(const watch::Change& change);
  void find_counts();

  const std::string path_;
  ports::LogSink& log_;
  ports::Alarms& alarms_;
  PathKnown is_known_;
  // The beating thread's own:
  watch::Watch watch_;
  Instant written_{};
  bool changed_ = false;
  bool is_failing_ = false;

  mutable std::mutex mutex_;  // Guards what follows.
  std::vector<Waiting> waiting_;
  std::uint64_t left_out_ = 0;  // For which there was no room.
  Counts counts_;

  std::atomic<std::shared_ptr<const watch::AttackList>> list_;
};

}  // namespace backstop::app
