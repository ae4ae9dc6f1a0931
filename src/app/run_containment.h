// What the daemon keeps out while a run lasts: the operator's temporary rules and what they did,
// samples of what is refused, how much unproven mail an address got, and who of us sends.
//
// Invariants
//   (1) A file of rules that cannot be read leaves those read last in force, each to its end;
//   before
//       any could be read there are none.  It is never touched.
//   (2) What cannot be written is kept in memory, and tried again.
//   (3) A file of senders that cannot be read makes nobody a never-sender for half a year.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "app/rule_file.h"
#include "app/sealed_file.h"
#include "core/config/config.h"
#include "core/watch/rule.h"
#include "core/watch/sender_book.h"
#include "core/watch/unproven_rate.h"
#include "edge/store/sample_ring.h"
#include "ports/alarms.h"
#include "ports/containment.h"
#include "ports/log_sink.h"
#include "ports/record_observer.h"

namespace backstop::app {

inline constexpr std::string_view kSendersFile = "senders";

class RunContainment final : public ports::Containment, public ports::RecordObserver {
 public:
  // Reads the files.  REQUIRES: config.store_directory is not empty; the references outlive this.
  RunContainment(const config::Config& config, ports::Alarms& alarms, ports::LogSink& log,
                 Instant now);

  // Any thread:
  std::shared_ptr<const void> find_room(Instant now) override;
  bool keep(transaction::KeepSample sample, std::string_view queue_id, Instant now) override {
    return samples_.keep(std::move(sample), queue_id, now);
  }
  void count(const transaction::CountRule& deed, Instant now) override;
  void add_unproven(const mail::Address& recipient, Instant now) override;
  bool is_over_rate(const mail::Address& recipient, Instant now) const override;
  void on_record(const transaction::Record& record, std::string_view queue_id) override;
  // Null when there is none, or none that was not over long ago.
  std::shared_ptr<const watch::RuleBook> rules() const { return rules_.load(); }
  // Never null.
  std::shared_ptr<const watch::SenderBook> senders() const { return senders_.load(); }

  // Every second, one thread: takes new rules, writes what is new.
  void beat(Instant now);
  // The same thread: a new configuration is in force.
  void take(const config::Config& config);
  // The same thread, at the end: writes what is not written yet.
  void rest();

 private:
  void read_rules_anew();
  void tell_ended(Instant now);
  void write_counts();
  void watch_senders(Instant now);
  void write_senders();
  void tell_trouble(std::string& told, const std::string& trouble);

  const std::string directory_;
  ports::Alarms& alarms_;
  ports::LogSink& log_;
  store::SampleRing samples_;
  const std::shared_ptr<std::atomic<unsigned>> gathered_;  // Messages that hold room now.
  std::atomic<unsigned> unproven_per_hour_;
  std::atomic<std::shared_ptr<const watch::RuleBook>> rules_;
  std::atomic<std::shared_ptr<const watch::SenderBook>> senders_;
  // The beating thread's own:
  FileMark known_;
  std::set<unsigned> in_force_;  // Rules, when they were looked at last.
  Instant counts_written_{};
  Instant senders_written_{};
  Instant tidied_{};
  Instant rules_tried_{};
  bool is_unread_ = false;  // The rules could not be read when they were tried last.
  std::string counts_trouble_;
  std::string senders_trouble_;

  mutable std::mutex mutex_;  // Guards what follows.
  AllRuleCounts counts_;
  bool counts_changed_ = false;
  watch::UnprovenRate rate_;
  watch::SenderBook book_;
  bool senders_changed_ = false;
};

}  // namespace backstop::app
