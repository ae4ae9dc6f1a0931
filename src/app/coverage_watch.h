// Learns from every message, from the mail server's log and from DNS how mail of our domains
// leaves, and keeps what is in force of it.
//
// Invariants
//   (1) A file of what was seen that cannot be read leaves nothing covered: it is moved aside, and
//       what it held is lost until somebody has looked (coverage::Wholeness::Lost).  Where single
//       domains of it cannot be read, that is so for these alone.
//   (2) What cannot be written is kept in memory, and tried again.
//   (3) The operator's words that were read last are in force until others can be read; before any
//       could be, nothing is covered.  Their file is never touched.
//   (4) What DNS says less than before counts when it says so twice.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/sealed_file.h"
#include "core/coverage/book.h"
#include "core/coverage/domain_view.h"
#include "core/coverage/spf_survey.h"
#include "ports/alarms.h"
#include "ports/log_sink.h"
#include "ports/record_observer.h"
#include "ports/surroundings.h"

namespace backstop::app {

// How old may be what the disk has, when nothing but counts changed.
inline constexpr std::chrono::seconds kCoverageRewrite{60};
// Mail that the log shows so near to a signing gap belongs to it.
inline constexpr std::chrono::minutes kLoggedGapMargin{2};

// One message of ours, as the mail server's log shows it.
struct LoggedSending {
  coverage::PathName path;
  std::string sender;  // As logged.
  Instant at{};
  bool is_signed = false;  // There is a record of it.
};

class CoverageWatch final : public ports::RecordObserver {
 public:
  // Reads both files.  The references outlive this.
  CoverageWatch(std::string directory, const ports::SurroundingsSource& surroundings,
                ports::Alarms& alarms, ports::LogSink& log, Instant now);

  // Any thread; neither waits for a disk.
  void on_record(const transaction::Record& record, std::string_view queue_id) override;
  void on_logged(const LoggedSending& sending);
  // What DNS says of a domain's SPF record; an error leaves what is known.
  void on_spf(const std::string& domain, const Result<coverage::SpfFindings>& findings,
              Instant now);
  // When the record of a domain is to be asked for.
  Instant spf_due(const std::string& domain) const;
  // Our hosts, as they were found last.
  void set_own_places(coverage::OwnPlaces own);
  coverage::OwnPlaces own_places() const;

  // Every second, one thread: looks for new words of the operator, draws conclusions, writes.
  void beat(Instant now);
  // The same thread, at the end: writes what is not written yet.
  void rest();
  // Any thread; never null.
  std::shared_ptr<const coverage::CoverageList> list() const { return list_.load(); }
  // What it returns left by a path of the domain (canonical) that the operator said is ours, though
  // its mail leaves unsigned.  Any thread.
  bool knows_path(const reading::Reading& reading, const std::string& domain) const;
  // What is known of one domain (canonical).  Any thread.
  coverage::DomainView view(const std::string& domain) const;

 private:
  // An answer of DNS that took away from what was known.
  struct Doubt {
    coverage::SpfFindings answer;
    Instant since{};  // When the first such answer came.
  };

  void read_book(Instant now);
  void lose(const std::string& what, const std::vector<std::string>& domains, Instant now);
  void read_words(Instant now);
  void tell_trouble();
  bool takes_doubt(const std::string& domain, const coverage::SpfFindings& findings, Instant now);
  std::optional<Instant> lost() const;
  void see_rests(Instant now);
  void publish();
  void write(Instant now);
  void on_sighting(const transaction::Record& record, const mail::Address& recipient);
  bool is_settled(const std::string& domain, const coverage::PathName& path) const;

  const std::string directory_;
  const ports::SurroundingsSource& surroundings_;
  ports::Alarms& alarms_;
  ports::LogSink& log_;
  // The beating thread's own:
  FileMark known_;
  Instant words_tried_{};
  std::string words_trouble_;    // Why the words cannot be read; "" where they can.
  std::string writing_trouble_;  // Why what is seen cannot be written whole.
  std::string told_;             // What of both the alarm says.
  Instant written_{};
  Instant rested_{};  // Signing gaps up to here were looked at.

  mutable std::mutex mutex_;  // Guards what follows.
  coverage::Book book_;
  coverage::Words words_;
  bool has_words_ = false;  // They could be read once.
  coverage::OwnPlaces own_;
  std::map<std::string, Instant>
      spf_tried_;  // When DNS was asked in vain, or is to be asked again.
  std::map<std::string, Doubt> spf_doubts_;
  bool changed_ = true;  // What is in force is to be found anew.
  bool unwritten_ = false;

  std::atomic<std::shared_ptr<const coverage::CoverageList>> list_;
};

}  // namespace backstop::app
