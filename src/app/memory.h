// What the daemon remembers: the ledger, the history, and when signing was interrupted; wired so
// that each message tells all of them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "app/last_tag.h"
#include "app/log_watch.h"
#include "app/ring_watch.h"
#include "app/signing_watch.h"
#include "app/tag_book.h"
#include "core/config/config.h"
#include "edge/store/history_store.h"
#include "edge/store/ledger_observer.h"
#include "edge/store/ledger_store.h"
#include "edge/store/store_answers.h"
#include "ports/alarms.h"
#include "ports/answers.h"
#include "ports/clock.h"
#include "ports/dkim_key_lookup.h"
#include "ports/history.h"
#include "ports/ledger.h"
#include "ports/log_sink.h"
#include "ports/signing_permits.h"
#include "ports/surroundings.h"

namespace backstop::app {

class Memory final : public ports::Ledger, public ports::History, public ports::Answers {
 public:
  // Never fails: what cannot be opened is an alarm, and tried again.  REQUIRES: all outlive
  // this; config.store_directory is not empty.
  Memory(const config::Config& config, ports::SigningPermits& permits, const ports::Clock& clock,
         const ports::SurroundingsSource& surroundings, ports::DkimKeyLookup& keys,
         ports::LogSink& log, ports::Alarms& alarms);
  ~Memory() override;

  // In one thread: every second for as long as the sockets are open; then rest(), once they are
  // closed, after which mail may pass unsigned.
  void beat(Instant now);
  // In the same thread, before the first message: is the ring still the one it was?
  void look_at_ring(Instant now);
  void rest(Instant now);
  // A new configuration is in force: what of it can change while running.
  void take(const config::Config& config);
  // A message may have passed unsigned.  Any thread.
  void passed_by(Instant now) { watch_.signing_failed(now); }
  // A sender was given a tag.  Any thread.
  void tagged(Instant now) { last_tag_.note(now); }
  // Nothing may be enforced now: mail of ours left under a ring that is lost.  Any thread.
  bool observes_only(Instant now, Seconds lifetime) const { return ring_.is_remade(now, lifetime); }
  // Any thread; neither is null.
  std::shared_ptr<const transaction::TagExemptDomains> tag_exempt() const {
    return tags_.domains();
  }
  std::shared_ptr<const std::vector<proof::SigningGap>> gaps() const { return watch_.snapshot(); }

  // Who learns of what the mail server's log shows; before the first beat.
  void tell_refused_recipients(std::function<void(const logs::LogLine&)> on_refused) {
    if (log_watch_ != nullptr) log_watch_->tell_refused_recipients(std::move(on_refused));
  }
  void tell_sendings(std::function<void(const LoggedSending&)> on_sending) {
    if (log_watch_ != nullptr) log_watch_->tell_sendings(std::move(on_sending));
  }

  // How the stores fare.  Any thread.
  store::LedgerState ledger_state() const { return ledger_.state(); }
  store::HistoryStore::Health history_health() const { return history_.health(); }

  // Any thread:
  void record_sent(const proof::SentMessage& message) override;
  void count_uses(const proof::Uses& uses) override { ledger_.count_uses(uses); }
  Result<proof::LedgerAnswer> look_up(const proof::LedgerQuery& query, Instant now) override {
    return ledger_.look_up(query, now);
  }
  void append(transaction::HistoryRow row) override;
  void ask_permit(Instant now, Done done) override { done(permits_.permit(now)); }
  void ask_ledger(const proof::LedgerQuery& query, Instant now, Done done) override;
  void ask_dkim_key(const proof::DkimKeyName& name, Instant now, Done done) override {
    keys_.ask(name, now, std::move(done));
  }

 private:
  // The ledger's trouble is the log's, and a signing gap.
  class Observer final : public store::LedgerObserver {
   public:
    Observer(ports::LogSink& log, ports::Alarms& alarms, SigningWatch& watch)
        : log_(log), alarms_(alarms), watch_(watch) {}
    void on_notice(ports::LogLevel level, std::string_view sentence) override;
    void on_alarm(alarm::Alarm alarm, std::string_view sentence) override;
    void on_writes_failing(Instant since) override { watch_.store_failing(since); }
    void on_writes_working(Instant now) override { watch_.store_works(now); }

   private:
    ports::LogSink& log_;
    ports::Alarms& alarms_;
    SigningWatch& watch_;
  };

  ports::SigningPermits& permits_;
  const ports::SurroundingsSource& surroundings_;
  ports::DkimKeyLookup& keys_;
  const bool existed_before_;
  SigningWatch watch_;
  RingWatch ring_;
  TagBook tags_;
  LastTag last_tag_;
  Observer observer_;
  std::unique_ptr<LogWatch> log_watch_;  // Null without logs.mail.
  store::HistoryStore history_;
  store::LedgerStore ledger_;
  store::StoreAnswers answers_;
};

}  // namespace backstop::app
