// Holds what messages were found to be against what they are known to be.
//
// The truth is a table with a header line and tabs between its columns: `path`, and `kind` (a name
// of ours) or `label` (a name that collections of mail use); `subtype` where a label needs it.
// Pure; not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/result.h"
#include "core/reading/reading.h"
#include "core/survey/census.h"

namespace backstop::survey {

// The kinds a message may be found to be; the first is what it is called in the totals.
struct Expected {
  std::string label;                 // As the table has it.
  std::vector<reading::Kind> kinds;  // Empty: anything.

  bool allows(reading::Kind kind) const;
};

// "bounce", "auto-reply|ticket-ack", "*" for anything, or one of the labels `bounce-failed`,
// `bounce-delayed`, `dsn-success`, `mdn`, `autoreply`, `arf-feedback`, `ham`, `spam`, `list-mail`,
// `transactional`, `odd`.  Errors: Errc::Invalid for another word.
Result<Expected> parse_expected(std::string_view text, std::string_view subtype = {});

class Truth {
 public:
  // `where` names the table in errors; `folder` is put before relative paths, with a slash.
  // Errors: Errc::Invalid with the line; Errc::Limit past limits::kTruthRows.
  static Result<Truth> parse(std::string_view table, const std::string& where,
                             std::string_view folder);
  // Null when the table does not name it.
  const Expected* find(std::string_view path) const;
  // In the table's order.
  const std::vector<std::string>& paths() const { return paths_; }

 private:
  std::vector<std::string> paths_;
  std::vector<Expected> expected_;  // The different ones.
  std::unordered_map<std::string, std::size_t> index_;
};

struct WrongMessage {
  std::string source;
  std::string label;
  reading::Kind found = reading::Kind::Ordinary;
};

struct KindScore {
  std::uint64_t right = 0;
  std::uint64_t missed = 0;  // Is of this kind, was called another.
  std::uint64_t extra = 0;   // Was called so, is another.

  // Nothing when there was none to be found, or none was found.
  std::optional<double> recall() const;
  std::optional<double> precision() const;
  // 0 when none was right; nothing when there was nothing to do.
  std::optional<double> f1() const;
};

class TruthTally {
 public:
  void add(std::string_view source, const Expected& expected, reading::Kind found);
  void add_unknown(std::uint64_t messages) { unknown_ += messages; }
  // `path` is named by the table, and a message was read from it.
  void note_met(std::string_view path);
  // Everything was read: what the table names beside that is missing.
  void finish(const Truth& truth);

  std::uint64_t checked() const { return checked_; }
  std::uint64_t wrong() const { return wrong_; }
  std::uint64_t unknown() const { return unknown_; }  // Messages the table does not name.
  const std::array<KindScore, reading::kKindCount>& scores() const { return scores_; }
  const std::map<std::string, KindCounts>& confusion() const { return confusion_; }
  const std::vector<WrongMessage>& wrong_messages() const { return wrong_messages_; }
  // Rows of the table that no message was read for; nothing before finish().
  std::uint64_t missing() const { return missing_; }
  // The first limits::kSurveyListed of their paths, in the table's order.
  const std::vector<std::string>& missing_paths() const { return missing_paths_; }

 private:
  std::uint64_t checked_ = 0;
  std::uint64_t wrong_ = 0;
  std::uint64_t unknown_ = 0;
  std::array<KindScore, reading::kKindCount> scores_{};
  std::map<std::string, KindCounts> confusion_;  // By label.
  std::vector<WrongMessage> wrong_messages_;     // The first limits::kSurveyListed.
  std::unordered_set<std::string> met_;
  std::uint64_t missing_ = 0;
  std::vector<std::string> missing_paths_;
};

}  // namespace backstop::survey
