// Sees attacks in what mail servers report, and follows the spam runs behind them.
//
// Pure: time comes with the events.  Not thread-safe; what attack_list() returns is immutable and
// may go to any thread.
//
// Invariants
//   (1) Memory is bounded by core/base/watch_limits.h, whatever arrives.
//   (2) An alarm alone changes nothing for any message: only what fits a run's fingerprint is told
//       to fit.
//   (3) Nothing that was proved ours counts towards an alarm, or becomes a part of a fingerprint.
//   (4) Time does not go back: an earlier event counts as of now, unless the clock was set back for
//       good.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/watch/attack_list.h"
#include "core/watch/change.h"
#include "core/watch/event.h"
#include "core/watch/run.h"

namespace backstop::watch {

// An alarm that stands.
struct AttackView {
  AttackKind kind = AttackKind::Backscatter;
  Path path = Path::Fast;
  std::string domain;
  std::string mailbox;  // Of HelpDesk.
  Instant first{};      // Of what was counted when it was raised.
  Instant raised{};
  Instant last{};
  std::uint64_t count = 0;
  std::uint64_t clients = 0;  // Different ones, about.
  double normal_per_hour = 0;
  double factor = 0;      // As in Figures, when it was raised.
  std::uint32_t run = 0;  // 0 for none.
};

class Watch {
 public:
  // `seed`: any number that strangers do not know; it keeps them from choosing what collides.
  explicit Watch(std::uint64_t seed);
  ~Watch();
  Watch(Watch&&) noexcept;
  Watch& operator=(Watch&&) noexcept;

  void add(const Event& event);
  // What has changed since it was last asked, in order.  Also ends what is over: to be called every
  // second or so, or with the time of the last event.
  std::vector<Change> poll(Instant now);

  // Whether a domain is under attack, and what fits its runs; of the present.  Never null; the same
  // object while nothing has changed.
  std::shared_ptr<const AttackList> attack_list();
  std::vector<AttackView> attacks() const;
  // All that are known, those that have not ended first, then the newest.
  std::vector<RunView> runs() const;
  std::size_t open_runs() const;
  // Unproven null-sender recipients that are normal in that hour of the week; 0 while that is not
  // known.
  double normal_per_hour(std::string_view domain, Instant at) const;
  // Bytes held, about.
  std::size_t memory_bytes() const;

  // What outlives a restart, as text (docs/formats/watch.md): what is normal, alarms that stand,
  // and runs that have not ended.  What was counted within the last hours is not a part of it.
  std::string render() const;
  // Errors: Errc::Invalid or Errc::Limit, naming the line; the text is refused whole.
  static Result<Watch> parse(std::string_view text);

 private:
  struct State;
  explicit Watch(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace backstop::watch
