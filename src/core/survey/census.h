// Counts the messages of a mailbox, or of many: what they are, when they came, whom they answer,
// who sent them.
//
// The same messages in the same order give the same totals; up to the limits of Tally and of the
// lists, which keep what comes first, the order does not matter.  Memory is bounded by
// limits::kSurvey….  Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/tally.h"
#include "core/base/time.h"
#include "core/reading/reading.h"
#include "core/survey/sighting.h"

namespace backstop::survey {

using Day = std::chrono::sys_days;  // UTC.
using KindCounts = std::array<std::uint64_t, reading::kKindCount>;

std::uint64_t sum(const KindCounts& counts);
// Of the kinds that are backscatter.
std::uint64_t sum_backscatter(const KindCounts& counts);

// A message that is no notice, shown so that it is not lost among those that are.  Texts are
// decoded, and cut at limits::kSurveyTextBytes.
struct OrdinaryMessage {
  std::string source;
  std::string from;
  std::string subject;
};

struct UnreadablePlace {
  std::string source;
  std::uint64_t offset = 0;
  std::string what;
};

struct Totals {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;   // Of the messages.
  std::uint64_t bodies = 0;  // Messages whose header did not settle what they are.
  std::uint64_t cut = 0;     // Too long to be read to their end.
  std::uint64_t unreadable = 0;
  KindCounts kinds{};
  std::map<Day, KindCounts> days;
  KindCounts without_day{};   // Undated, or past limits::kSurveyDays different days.
  std::uint64_t genuine = 0;  // Backscatter by its form, but we sent what it answers.
  std::uint64_t unproven = 0;
  std::uint64_t source_knew = 0;  // Sent back although called spam or a virus.
  TopNames forged_addresses;
  TopNames sources;
  TopNames bots;
  TopNames languages;
  TopNames products;
  TopNames reasons;
  std::vector<OrdinaryMessage> ordinary;  // The first limits::kSurveyListed.
  std::vector<UnreadablePlace> unreadable_places;

  std::uint64_t backscatter() const { return sum_backscatter(kinds); }
  // Where at least half is noise, what is not is worth a list.
  bool is_mostly_noise() const { return messages > 0 && 2 * backscatter() >= messages; }
};

class Census {
 public:
  void add(const Sighting& sighting);
  void add_ordinary(std::optional<Day> day);
  void add_bytes(std::uint64_t bytes) { totals_.bytes += bytes; }
  void add_bodies(std::uint64_t bodies) { totals_.bodies += bodies; }
  void add_cut(std::uint64_t cut) { totals_.cut += cut; }
  void list_ordinary(OrdinaryMessage message);
  bool wants_ordinary() const;
  void add_unreadable(UnreadablePlace place);

  std::uint64_t messages() const { return totals_.messages; }
  std::uint64_t backscatter() const { return totals_.backscatter(); }
  // All so far.
  Totals totals() const;

 private:
  KindCounts& counts_of(std::optional<Day> day);

  Totals totals_;
  std::optional<Day> last_day_;  // Most messages are of the day of the one before.
  KindCounts* last_counts_ = nullptr;
  Tally forged_addresses_;
  Tally sources_;
  Tally bots_;
  Tally languages_;
  Tally products_;
  Tally reasons_;
};

}  // namespace backstop::survey
