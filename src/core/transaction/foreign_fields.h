// Fields from outside that claim to be ours: every Backstop-Verdict and Backstop-Sender, and
// Authentication-Results of our own authserv-id (RFC 8601 §5).  They are counted as they pass and
// removed at end of message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/transaction/effects.h"

namespace backstop::transaction {

inline constexpr std::string_view kResultsField = "Authentication-Results";
inline constexpr std::string_view kVerdictField = "Backstop-Verdict";
// The envelope sender without another system's tag, for filters that know it by that.
inline constexpr std::string_view kSenderField = "Backstop-Sender";

class ForeignFields {
 public:
  void on_field(std::string_view name, std::string_view raw, std::string_view authserv_id);
  // The envelope sender.  One with another system's tag is told to other filters without it.
  void on_sender(const mail::Address& sender);
  // Nothing is to be changed.
  bool empty() const {
    return verdicts_ == 0 && senders_ == 0 && results_.empty() && plain_sender_.empty();
  }
  bool has_verdict() const { return verdicts_ > 0; }
  // One RemoveField each, from the last to the first, at most limits::kRemovedFields of a name;
  // then Backstop-Sender.
  void append_changes(Effects& effects) const;

 private:
  unsigned verdicts_ = 0;
  unsigned senders_ = 0;
  std::string plain_sender_;  // "" when the sender has no tag.
  unsigned results_seen_ = 0;
  std::vector<unsigned> results_;  // Occurrences of Authentication-Results that are "ours".
};

}  // namespace backstop::transaction
