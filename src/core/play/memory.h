// The ledger of a play's stage: as the real one, without limits or a disk.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "core/proof/sent.h"

namespace backstop::play {

// Not thread-safe.
class Memory {
 public:
  void record(const proof::SentMessage& message);
  void count(const proof::Uses& uses);
  proof::LedgerAnswer look_up(const proof::LedgerQuery& query, Instant now) const;

 private:
  std::optional<proof::SentEntry> find(const std::map<proof::SentKey, proof::SentMessage>& where,
                                       proof::SentKey key, const proof::LedgerQuery& query,
                                       Instant now) const;

  std::map<proof::SentKey, proof::SentMessage> messages_;
  std::map<proof::SentKey, proof::SentMessage> queue_ids_;
  std::map<proof::SentKey, Instant> pairs_;
  std::map<proof::SentKey, std::uint32_t> counters_;
  std::uint32_t largest_header_bytes_ = 0;
};

}  // namespace backstop::play
