// Whether tokens come back at all: when answers return our mail and none of it has a token that
// verifies, tokens are lost on their way, however well each half works by itself.
//
// Pure; not thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/time.h"
#include "core/transaction/record.h"

namespace backstop::app {

// What was seen since a token last verified.
struct SilenceCounts {
  Instant since{};            // When one did, or when counting began.
  std::uint64_t answers = 0;  // That returned enough of an original to have carried a token.
  std::uint64_t ours = 0;     // Of these: what another proof says we sent.
  std::uint64_t letters = 0;  // That we signed.

  bool operator==(const SilenceCounts&) const = default;
};

class TokenSilence {
 public:
  explicit TokenSilence(SilenceCounts counts) : counts_(counts) {}

  // Canaries say nothing: they are nobody's mail.
  void on_record(const transaction::Record& record);
  // True once it lasts for a day and what came says that tokens are lost: three answers that
  // another proof says are ours; or, for who signs much, twenty answers of whatever sort.  True
  // again each day.
  bool is_alarm(Instant now);
  // What came says that tokens are lost, however short a time ago.
  bool is_lost() const;
  // Nothing came back yet, or a clock was set back: counting begins.
  void begin_if_needed(Instant now);

  const SilenceCounts& counts() const { return counts_; }
  std::string say() const;

 private:
  SilenceCounts counts_;
  Instant alarmed_at_{};
};

}  // namespace backstop::app
