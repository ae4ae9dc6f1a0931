// Mail of ours that never came by us, found in the mail server's log: a client of ours handed it
// in, its sender is of a domain we sign for, it went out to another host, and we have no record of
// it.  Each such message is a signing gap of its moment.
//
// Mail that a stranger hands in under our name is not ours and makes no gap.  What a filter hands
// back has a queue id of its own, but the Message-ID of its first pass.
//
// Invariants
//   (1) Memory is bounded by limits::kLogWatchMessages and limits::kLogWatchSeen.
//   (2) What is forgotten for want of memory, or was logged before we began, makes no gap.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "app/coverage_watch.h"
#include "app/signing_watch.h"
#include "core/proof/tag_exemption.h"
#include "edge/logs/log_follower.h"
#include "ports/alarms.h"
#include "ports/log_sink.h"
#include "ports/surroundings.h"

namespace backstop::app {

// How long the record of a message that went out is awaited: a filter may hand it to us after the
// server has logged its first hop.
inline constexpr std::chrono::minutes kUnseenWait{5};

class LogWatch {
 public:
  // Follows the files from their present ends; they need not be there yet.  All references outlive
  // this.
  LogWatch(const std::vector<std::string>& paths, const ports::SurroundingsSource& surroundings,
           SigningWatch& gaps, ports::LogSink& log, ports::Alarms& alarms);

  // Who learns of tagged senders that were refused; called while polling.  Before the first poll.
  void tell_refusals(std::function<void(const proof::TagRefusal&)> on_refusal) {
    on_refusal_ = std::move(on_refusal);
  }
  // Who learns of every recipient of a guarded domain that was refused; as above.
  void tell_refused_recipients(std::function<void(const logs::LogLine&)> on_refused) {
    on_refused_ = std::move(on_refused);
  }
  // Who learns of every message of ours that went out, recorded or not; as above.
  void tell_sendings(std::function<void(const LoggedSending&)> on_sending) {
    on_sending_ = std::move(on_sending);
  }
  // A message of ours came by us.  Any thread.
  void saw(const proof::SentMessage& message);
  // Reads what is new and draws conclusions; every second or so, in one thread.
  void poll(Instant now);

 private:
  struct Pending {
    Instant arrived{};
    std::string sender;                     // "" until the server has taken it into its queue.
    std::optional<proof::SentKey> message;  // Of its Message-ID.
    std::optional<proof::SentKey> queue_id;
    coverage::PathName path;  // Who handed it in, or to what.
    bool is_due = false;      // Stands in due_.
  };
  struct Due {
    Instant at{};
    std::string queue_id;
  };
  // Two generations: when the younger is full, the older is forgotten.
  template <class Container>
  struct Generations {
    Container young;
    Container old;
    void make_room(std::size_t most) {
      if (young.size() < most) return;
      old = std::exchange(young, {});
    }
  };

  void on_line(const logs::LogLine& line, const transaction::Surroundings& in_force, Instant now);
  void begin(const logs::LogLine& line, Instant now);
  void learn(const logs::LogLine& line, const Pending& message,
             const transaction::Surroundings& in_force, Instant now) const;
  Pending* find(std::string_view queue_id);
  void forget(const std::string& queue_id);
  void conclude(Instant now);
  bool was_seen(const Pending& message);
  void tell(const Pending& message, std::string_view queue_id, Instant now);

  const ports::SurroundingsSource& surroundings_;
  SigningWatch& gaps_;
  ports::LogSink& log_;
  ports::Alarms& alarms_;
  std::vector<logs::LogFollower> followers_;
  std::function<void(const proof::TagRefusal&)> on_refusal_;
  std::function<void(const LoggedSending&)> on_sending_;
  std::function<void(const logs::LogLine&)> on_refused_;
  std::vector<std::string> troubles_;  // What the log was told of each.
  Generations<std::unordered_map<std::string, Pending>> pending_;
  std::deque<Due> due_;
  std::optional<Instant> told_;
  unsigned untold_ = 0;

  std::mutex mutex_;  // Guards what follows.
  Generations<std::unordered_set<proof::SentKey>> seen_;
};

}  // namespace backstop::app
