// One spam run that forges us, as it is seen through its fallout: values for whoever shows it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/tally.h"
#include "core/base/time.h"
#include "core/reading/reading.h"

namespace backstop::watch {

// How the forged addresses are made.
enum class AddressPattern : std::uint8_t {
  Unknown,
  Random,             // Letters and digits of no name.
  FirstnameLastname,  // "JohnSmith", "john.smith".
  NameList,           // Names, words, or the same addresses again and again.
  Real,               // Most of them exist.
};
inline constexpr unsigned kAddressPatterns = static_cast<unsigned>(AddressPattern::Real) + 1;
std::string_view name_of(AddressPattern pattern);  // "firstname-lastname"

// Of one local part by its letters alone: Random, FirstnameLastname or NameList.
AddressPattern classify_local(std::string_view local);

// Whether the run is aimed at us.  Never told by volume.
enum class Intent : std::uint8_t {
  Unknown,
  Convenience,  // Our name is one of many that would have done.
  JoeJob,       // The spam's text or links name us, or one real address of ours is used by itself.
};
std::string_view name_of(Intent intent);

// By its busiest hour alone.
enum class Severity : std::uint8_t {
  Low,       // Under 20 answers an hour.
  Moderate,  // Under 200.
  High,      // Under 1,000.
  Severe,
};
std::string_view name_of(Severity severity);

// What share of spam comes back: one message in 20 where many servers accept first and return
// later, one in 400 where few do.
inline constexpr double kHighYield = 0.05;
inline constexpr double kLowYield = 0.0025;

// How many messages of spam stand behind so many answers, at either share.
struct RunSize {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};
RunSize estimate_size(std::uint64_t answers);

// The run by the dates inside what came back.
struct ClockView {
  // When the spammer was last active; nothing while too few servers have told.
  std::optional<Instant> last_activity;
  bool has_stopped = false;
  // When 95 % of the tail will be over, and how far that may be wrong, either way.
  std::optional<Instant> tail_ends;
  Seconds tail_error{};
  bool is_measured = false;  // The tail is that of delays this run has shown, else a usual one.
};

struct RunView {
  std::uint32_t id = 0;
  Instant first{};
  Instant last{};
  bool has_ended = false;
  std::uint32_t merged_into = 0;  // 0: it is a run of its own.
  std::uint64_t answers = 0;      // Judged messages and refused recipients together.
  std::uint64_t messages = 0;     // Judged.
  std::uint64_t returned = 0;     // Of these, with something of the original.
  std::uint64_t refused = 0;      // Recipients refused at RCPT.
  std::uint64_t to_unknown = 0;   // Answers to addresses that are known not to exist.
  std::uint64_t source_knew = 0;  // Answers whose sender knew it was spam.
  std::array<std::uint64_t, reading::kKindCount> kinds{};
  std::array<std::uint64_t, reading::kFailureReasonCount> reasons{};
  // By AddressState: answers to addresses of which that is known.
  std::array<std::uint64_t, 4> address_states{};
  AddressPattern pattern = AddressPattern::Unknown;
  std::uint64_t addresses = 0;  // Different ones, about.
  std::uint64_t clients = 0;    // Different ones, about.
  Intent intent = Intent::Unknown;
  Severity severity = Severity::Low;
  std::uint64_t busiest_hour = 0;  // Answers in it.
  RunSize size;
  ClockView clock;
  std::vector<std::string> subjects;       // By which it is told; normalised.
  std::vector<std::string> link_hosts;     // Likewise.
  std::vector<std::string> message_ids;    // Likewise: behind the '@'.
  std::vector<std::string> from_patterns;  // Likewise.
  TopNames domains;                        // Of ours.
  TopNames siblings;                       // Others that the returned mail names as its sender.
  TopNames languages;
  TopNames sources;
  TopNames knowing_sources;  // That knew it was spam and sent it back.
};

}  // namespace backstop::watch
