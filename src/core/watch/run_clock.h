// When the spammer was last active, by the dates inside what comes back, and when the rest of it
// will be over.
//
// A date inside is written by whoever sends the answer.  So nothing of the future counts, one site
// (a /24, a /48) counts once, and the clock shows what several sites have reached: one message, or
// one source, moves it nowhere.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/watch/recent.h"
#include "core/watch/run.h"
#include "core/watch/sketch.h"

namespace backstop::watch {

// Sites that must have told of an activity as late: 3, and one in 50 of a large run's.
inline constexpr std::size_t kClockSites = 3;
inline constexpr std::size_t kClockSitesShare = 50;
// No activity for so long, by the clock: the spammer has stopped.  Bursts lie up to hours apart.
inline constexpr std::chrono::hours kStoppedAfter{12};
// Servers give up after four to five days (RFC 5321 §4.5.4.1), and some of what they give up was
// sent last: by then 95 % of the tail is over.
inline constexpr std::chrono::hours kUsualTail{114};
inline constexpr std::chrono::hours kUsualTailError{24};

class RunClock {
 public:
  // An answer that came `now` to what was sent `original`; `site`: who sent the answer, by hash.
  void add(Second original, Second now, std::uint64_t site);
  // What two clocks of the same run know.
  void merge(const RunClock& other);

  // Nothing while too few sites have told.
  std::optional<Second> last_activity() const;
  ClockView view(Second now) const;

  static constexpr std::size_t kSites = 32;
  static constexpr std::size_t kDelays = 32;  // Of 6 hours each.
  struct Site {
    std::uint64_t hash = 0;
    Second newest = 0;
  };
  struct Parts {
    std::array<Site, kSites> newest{};  // The newest first; sites differ.
    std::array<std::uint32_t, kDelays> delays{};
    Sketch sites;
    Second oldest = 0;  // Original.
  };
  const Parts& parts() const { return parts_; }
  // REQUIRES: `newest` in order.
  void set_parts(const Parts& parts) { parts_ = parts; }

 private:
  void place(Site site);

  Parts parts_;
};

}  // namespace backstop::watch
