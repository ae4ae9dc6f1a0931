// How the messages of one run of the canary were judged, as far as that is known yet.
//
// Not thread-safe.
//
// Invariants
//   (1) Only ids that are expected are kept, however many others come from outside.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "app/canary_run.h"

namespace backstop::app {

class CanaryVerdicts {
 public:
  // Another run begins.
  void clear() { verdicts_.clear(); }
  // A message of this id is about to be sent.
  void expect(const std::string& message_id) { verdicts_.try_emplace(message_id); }
  // True when it is one that is expected.
  bool on_record(const transaction::Record& record);
  // Nothing yet, or it was never expected.
  std::optional<CanaryVerdict> find(const std::string& message_id) const;
  std::size_t size() const { return verdicts_.size(); }

 private:
  std::map<std::string, std::optional<CanaryVerdict>, std::less<>> verdicts_;
};

// What a record says of a canary.
CanaryVerdict make_canary_verdict(const transaction::Record& record);

}  // namespace backstop::app
