// Which alarms stand, since when, how often each was raised, and what its hooks were told.
//
// A hook is told when an alarm begins, once more for each limits::kAlarmRemind that it stands, and
// when it is over.  One that comes and goes is told of no oftener than each
// limits::kAlarmTellAgain.
//
// Pure; not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/alarm/alarm.h"
#include "core/base/time.h"

namespace backstop::alarm {

// What is known of an alarm that was ever raised.
struct Standing {
  Alarm alarm{};
  bool is_open = false;
  Instant since{};              // When it began.
  Instant last{};               // When it was last raised.
  std::optional<Instant> end;   // When it was over; nothing while it stands.
  std::uint64_t count = 0;      // How often it was raised since it began.
  std::string sentence;         // The last one; as it came, at most limits::kAlarmSentenceBytes.
  bool is_told = false;         // The hooks were told that it stands.
  std::optional<Instant> told;  // When they were last told that it does.

  bool operator==(const Standing&) const = default;
};

enum class Event : std::uint8_t { Raised, Still, Over };
std::string_view name_of(Event event);

// What the hooks are to be told.
struct Notice {
  Event event = Event::Raised;
  Standing standing;
};

class Book {
 public:
  // True when it begins with this.
  bool raise(Alarm alarm, std::string_view sentence, Instant now);
  // True when it stood.
  bool end(Alarm alarm, std::string_view sentence, Instant now);
  // Ends what nobody raised for as long as it lasts, and what an earlier life of the daemon left
  // and this one, begun at `started`, has neither raised nor ended within
  // limits::kAlarmEarlierLife.
  std::vector<Alarm> end_quiet(Instant started, Instant now);
  // What the hooks are to be told now; taken as told.
  std::vector<Notice> take_due(Instant now);

  // Those that were ever raised, in the order of the table.
  std::vector<Standing> standings() const;
  bool is_open(Alarm alarm) const;
  // Takes over what another life of the daemon left.
  void restore(const std::vector<Standing>& standings);

 private:
  std::optional<Standing>& of(Alarm alarm) { return all_.at(static_cast<std::size_t>(alarm)); }
  std::array<std::optional<Standing>, kAlarmsMost> all_;
};

// One line for each, as docs/formats/alarms.md says.
std::string render_standings(const std::vector<Standing>& standings);
// Total; a line that is none, or of an alarm that is not known here, is counted in `unreadable` and
// passed over.
std::vector<Standing> parse_standings(std::string_view text, unsigned* unreadable = nullptr);

}  // namespace backstop::alarm
