// Learns from every message, from the mail server's log and from DNS how mail of our domains
// leaves, and keeps what is in force of it.
//
// Invariants
//   (1) A file that cannot be read leaves nothing covered: it is moved aside, and what it held is
//       lost until somebody has looked (coverage::Wholeness::Lost).
//   (2) What cannot be written is kept in memory, and tried again.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/coverage/book.h"
#include "core/coverage/domain_view.h"
#include "core/coverage/spf_survey.h"
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
  // Reads both files.  `surroundings` and `log` outlive this.
  CoverageWatch(std::string directory, const ports::SurroundingsSource& surroundings,
                ports::LogSink& log, Instant now);

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
  // What is known of one domain (canonical).  Any thread.
  coverage::DomainView view(const std::string& domain) const;

 private:
  // What tells one state of the words' file from another.
  struct Mark {
    std::filesystem::file_time_type written{};
    std::uintmax_t bytes = 0;
    bool operator==(const Mark&) const = default;
  };

  Mark mark() const;
  void read_book(Instant now);
  void read_words(Instant now);
  void move_aside(std::string_view name, const Error& why, Instant now);
  void see_rests(Instant now);
  void publish();
  void write(Instant now);
  void on_sighting(const transaction::Record& record, const mail::Address& recipient);
  bool is_settled(const std::string& domain, const coverage::PathName& path) const;

  const std::string directory_;
  const ports::SurroundingsSource& surroundings_;
  ports::LogSink& log_;
  // The beating thread's own:
  Mark known_;
  std::string trouble_;
  Instant written_{};
  Instant rested_{};  // Signing gaps up to here were looked at.

  mutable std::mutex mutex_;  // Guards what follows.
  coverage::Book book_;
  coverage::Words words_;
  coverage::OwnPlaces own_;
  std::map<std::string, Instant> spf_tried_;  // When DNS was asked in vain.
  bool changed_ = true;                       // What is in force is to be found anew.
  bool unwritten_ = false;

  std::atomic<std::shared_ptr<const coverage::CoverageList>> list_;
};

}  // namespace backstop::app
