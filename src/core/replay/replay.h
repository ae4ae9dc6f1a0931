// A remembered message judged again: by the verdict table in force over the facts it was judged by,
// or as it would have been under another policy.
//
// Rows that have their facts in common are judged once.  Pure; one thread for each object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/replay/derive.h"

namespace backstop::replay {

// What became of one row.
struct Replayed {
  policy::Judgement now;  // Without meaning where `unknowns` has Unknown::Facts.
  std::string reasons;    // As a row has them.
  Unknowns unknowns;
  // Verdict, decision, or what is decided in enforce comes out otherwise; without another policy
  // the reasons count as well.
  bool differs = false;
  // Genuine or late mail, then or now, that is refused or thrown away now and was not then.
  bool is_harmful = false;
};

class Replay {
 public:
  // By the table in force alone.
  Replay() = default;
  // Under `next`, where `before` is in force.  REQUIRES: all three outlive this; `hasher` may be
  // null, and then no sender is known again.
  Replay(const config::Config& before, const config::Config& next, const proof::SentHasher* hasher)
      : derivation_(std::in_place, before, next, hasher) {}

  // REQUIRES: an inbound row.  `outcome`: equal for rows whose texts from `kind` to `facts` are
  // equal, and never for others.  Valid until the next call.
  const Replayed& judge(const transaction::HistoryRow& row, std::int64_t outcome);

  // See Derivation::not_replayed().
  std::vector<std::string_view> not_replayed() const {
    return derivation_ ? derivation_->not_replayed() : std::vector<std::string_view>();
  }

 private:
  Replayed judge_anew(const transaction::HistoryRow& row) const;
  std::optional<policy::Judgement> judge_derived(const transaction::HistoryRow& row,
                                                 Replayed& replayed) const;
  void name_case(const transaction::HistoryRow& row, std::int64_t outcome);

  std::optional<Derivation> derivation_;
  std::unordered_map<std::string, Replayed> known_;
  std::string name_;  // Of the case at hand; kept for its room.
};

}  // namespace backstop::replay
