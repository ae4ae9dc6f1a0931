// What Backstop had the mail server hold: the server's own listing, held against what we remember.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/config/config.h"
#include "core/policy/policy.h"
#include "core/transaction/held_book.h"
#include "core/transaction/history_row.h"
#include "edge/mta/held_queue.h"

namespace backstop::app {

// In the store's directory (docs/formats/held.md).
inline constexpr std::string_view kHeldFile = "held";

struct Held {
  mta::HeldMessage message;
  // We asked for it to be held: the history or the book says so, and its header has our verdict.
  bool is_ours = false;
  std::optional<transaction::HistoryRow> row;  // Nothing when the history has forgotten it.
  std::string verdict;                         // "" when nothing is known.
  std::string kind;
  std::string reasons;  // With commas between.
  std::string subject;  // Decoded; foreign.
  Instant expires{};    // Only what is ours ever does.
  // What would be done with it by the policy in force now, from the facts that were known then.
  std::optional<policy::Decision> today;

  bool would_be_delivered() const {
    return today && (*today == policy::Decision::Accept || *today == policy::Decision::Mark);
  }
};

struct HeldSurvey {
  std::vector<Held> held;          // Oldest first; of others' too.
  std::vector<std::string> notes;  // What could not be looked at, in sentences.
  bool cut = false;                // There are more than are looked at.
};

// Lists and reads headers.  `book`: read_held_book.  Errors: as HeldQueue::list.
Result<HeldSurvey> survey_held(mta::HeldQueue& queue, const config::Config& config,
                               const transaction::HeldBook& book);

// Its header, as it lies there now, has our verdict: it came to us and was judged.  False as well
// when it is gone or cannot be read.
bool bears_verdict(mta::HeldQueue& queue, const std::string& queue_id);

// What the policy in force would do with a message of which a row remembers the facts, in peace.
std::optional<policy::Decision> decide_today(const transaction::HistoryRow& row,
                                             const config::Config& config);

// An empty one where there is none.  Errors: as read_text_file and write_text_file
// (edge/os/text_file.h).
Result<transaction::HeldBook> read_held_book(const std::string& store_directory);
Result<void> write_held_book(const std::string& store_directory, const transaction::HeldBook& book);

// The value of the first field of that name, unfolded; "" when there is none.
std::string find_header_field(std::string_view header, std::string_view name);

}  // namespace backstop::app
