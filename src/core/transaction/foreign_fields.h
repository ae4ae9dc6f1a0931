// Fields from outside that claim to be ours: every Backstop-Verdict, and Authentication-Results of
// our own authserv-id (RFC 8601 §5).  They are counted as they pass and removed at end of message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/transaction/effects.h"

namespace backstop::transaction {

inline constexpr std::string_view kVerdictField = "Backstop-Verdict";

class ForeignFields {
 public:
  void on_field(std::string_view name, std::string_view raw, std::string_view authserv_id);
  bool empty() const { return verdicts_ == 0 && results_.empty(); }
  bool has_verdict() const { return verdicts_ > 0; }
  // One RemoveField each, from the last to the first.  At most limits::kRemovedFields of a name.
  void append_removals(Effects& effects) const;

 private:
  unsigned verdicts_ = 0;
  unsigned results_seen_ = 0;
  std::vector<unsigned> results_;  // Occurrences of Authentication-Results that are "ours".
};

}  // namespace backstop::transaction
