// A ledger in memory with the real one's meaning, without its limits or a disk: that of a play's
// stage, and of the fake behind the port.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "core/proof/sent.h"

namespace backstop::play {

// Not thread-safe.
class Memory {
 public:
  void record(const proof::SentMessage& message);
  void count(const proof::Uses& uses);
  proof::LedgerAnswer look_up(const proof::LedgerQuery& query, Instant now) const;

 private:
  static std::optional<proof::SentEntry> find(
      const std::map<proof::SentKey, proof::SentMessage>& where, proof::SentKey key,
      const proof::LedgerQuery& query, Instant now, bool keeps_fingerprint);

  std::map<proof::SentKey, proof::SentMessage> messages_;
  std::map<proof::SentKey, proof::SentMessage> queue_ids_;
  std::map<proof::SentKey, Instant> pairs_;
  std::map<proof::SentKey, std::uint32_t> counters_;
  // Of the messages after which no larger one was sent.
  std::map<Instant, std::uint32_t> largest_header_bytes_;
};

}  // namespace backstop::play
