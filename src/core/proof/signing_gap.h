// Spans in which mail of ours may have gone out unsigned: for a lifetime afterwards the absence of
// a proof says nothing about an original that our host received in one.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace backstop::proof {

enum class GapCause : std::uint8_t {
  Down,     // No heartbeat: not running, or its sockets closed.
  Signing,  // Running, but signing failed (no key, last emission not recorded, a fault).
  Store,    // What was sent could not be written down.
  Unseen,   // The mail server's log shows mail of ours that never came by us.
};
std::string_view name_of(GapCause cause);
std::optional<GapCause> parse_gap_cause(std::string_view name);

struct SigningGap {
  Instant from{};
  Instant to{};  // Not before `from`.
  GapCause cause = GapCause::Down;
  bool operator==(const SigningGap&) const = default;
};

// How far from a gap our own Received line may stand and still be of it: clocks differ, and mail
// waits between the server's stamp and its end of data.
inline constexpr std::chrono::hours kGapMargin{1};

// The gap that `received` falls within, widened by kGapMargin, if at `now` less than `lifetime` has
// passed since that gap's end.  Null when there is none.
const SigningGap* find_gap(const std::vector<SigningGap>& gaps, Instant received, Instant now,
                           Seconds lifetime);

// How much longer one is kept than it excuses anything: a clock that stood days ahead, and is set
// right, must not have made the gaps of those days forgotten.
inline constexpr Days kGapKept{7};

// Adds one; drops what ended `lifetime` and kGapKept or longer before `now`; keeps at most
// limits::kSigningGaps by joining the closest.  Afterwards they are in order of `from`, and no two
// of one cause touch: overlap, or follow one another without a second between.
void add_gap(std::vector<SigningGap>& gaps, SigningGap gap, Instant now, Seconds lifetime);

// One line a gap, "2026-11-21T03:00:00Z 2026-11-21T03:05:00Z down", as the file `gaps` holds them.
// Lines that are none are passed over and counted; what is returned is in order and joined as
// add_gap() has it, at most limits::kSigningGaps.
std::string render_gaps(const std::vector<SigningGap>& gaps);
std::vector<SigningGap> parse_gaps(std::string_view text, unsigned* unreadable = nullptr);

}  // namespace backstop::proof
