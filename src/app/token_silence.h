// Whether tokens come back at all: when answers return our mail and none of it has a token that
// verifies, tokens are lost on their way, however well each half works by itself.
//
// Pure; not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/proof/sent.h"
#include "core/transaction/record.h"

namespace backstop::app {

// What was seen since a token last verified.
struct SilenceCounts {
  Instant since{};            // When one did, or when counting began.
  std::uint64_t answers = 0;  // That returned enough of an original to have carried a token.
  // Who of them answered what the ledger says we signed, each network once, as keyed hashes; the
  // first few.
  std::vector<proof::SentKey> parties = {};
  std::uint64_t letters = 0;  // That we signed.

  bool operator==(const SilenceCounts&) const = default;
};

class TokenSilence {
 public:
  explicit TokenSilence(SilenceCounts counts) : counts_(counts) {}

  // Canaries say nothing: they are nobody's mail.
  void on_record(const transaction::Record& record);
  // True once it lasts for a day and what came says that tokens are lost: answers from three
  // networks to mail that the ledger says we signed; or, for who signs much, twenty answers of
  // whatever sort.  True again each day.
  bool is_alarm(Instant now);
  static constexpr std::size_t kPartiesKept = 3;
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
