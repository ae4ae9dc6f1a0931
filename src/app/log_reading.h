// Makes of the lines of a mail server's logs what core/watch takes, and tells the attacks in them.
//
// The lines prove little, and what they do prove is used: who sent mail that left is answered, so
// that as many answers to that sender are explained as messages were taken elsewhere.
//
// Invariants
//   (1) Memory is bounded by core/base/log_limits.h and the watch's own limits.
//   (2) What goes between this host's own programs is no traffic of strangers.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/log_report.h"
#include "app/log_tallies.h"
#include "core/config/config.h"
#include "core/watch/watch.h"
#include "edge/logs/log_line.h"

namespace backstop::app {

class LogReading {
 public:
  // `config`: whose domains and networks are ours; without domains these are learnt.  It outlives
  // this.
  explicit LogReading(const config::Config& config, std::uint64_t seed = 1);

  void add(const logs::LogLine& line);
  // Alarms and ends of alarms since it was last asked.
  std::vector<watch::Change> take_changes();
  // What is known by now; counts of lines and bytes are the caller's.
  LogReport report() const;

 private:
  struct Refusal {
    std::string recipient;
    bool is_unknown = false;
  };
  struct Pending {
    std::optional<IpAddress> client;
    std::string who;                  // An account, a local user or a host of ours.
    std::string sender;               // Once `has_sender`.
    std::string cause;                // Why a recipient did not get it.
    std::vector<std::uint64_t> seen;  // Recipients that were told of.
    std::vector<Refusal> refusals;    // Sendmail names the sender after them.
    bool is_inbound = false;
    bool has_sender = false;
    bool has_counted_sender = false;
  };
  template <class Map>
  struct Generations {
    Map young;
    Map old;
  };
  struct Recipient {
    std::string local;
    std::string domain;
  };

  Pending* find(std::string_view id);
  Pending& made(std::string_view id);
  void forget(std::string_view id);

  void on_arrival(const logs::LogLine& line);
  void on_accepted(const logs::LogLine& line);
  void on_delivery(const logs::LogLine& line);
  void on_refused(const logs::LogLine& line);
  void on_left(const logs::LogLine& line);
  void on_notice(const logs::LogLine& line);
  void flush_refusals(Pending& message, Instant at, bool is_empty);

  void tell_recipient(Instant at, watch::Seen what, const std::optional<IpAddress>& client,
                      std::string_view sender, std::string_view path, bool is_unknown,
                      watch::Data data, bool is_forged = false);
  void emit(const Pending& original, std::string_view id, std::string_view cause);
  void send(watch::Event event);

  std::optional<IpAddress> address_of(std::string_view client) const;
  bool is_own(const std::optional<IpAddress>& client) const;
  bool is_ours(std::string_view domain) const;
  void learn(std::string_view domain);
  std::string sole_domain() const;
  static std::optional<Recipient> split(std::string_view path);
  void credit(std::string_view sender);
  bool use_credit(std::string_view local, std::string_view domain);

  const config::Config& config_;
  std::uint64_t seed_;
  watch::Watch watch_;
  std::vector<watch::Change> changes_;
  LogReport report_;
  // Different clients within the burst that raised each alarm that stands.
  std::map<std::pair<watch::AttackKind, std::string>, std::uint64_t> burst_clients_;
  std::set<std::string, std::less<>> learnt_;
  Generations<std::unordered_map<std::string, Pending>> pending_;
  Generations<std::unordered_map<std::uint64_t, std::uint32_t>> credits_;
  EmittedTally emitted_;
  OutscatterTally outscatter_;
  bool tells_messages_ = false;
  Instant now_{};
  unsigned ahead_ = 0;
  unsigned behind_ = 0;
};

}  // namespace backstop::app
