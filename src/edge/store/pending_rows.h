// Rows that wait to be written, found by their key.  One thread at a time, or many that only read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/proof/sent.h"
#include "edge/store/sent_row.h"

namespace backstop::store {

struct PendingRow {
  proof::SentKey key = 0;
  std::int64_t value = 0;
  DayNumber day = 0;
};

class PendingRows {
 public:
  // The newest row of a key is the one that stays.
  void put(const PendingRow& row) {
    if (rows_.size() * 2 >= slots_.size()) grow();
    std::uint32_t& slot = slots_[slot_of(row.key)];
    if (slot != 0) {
      rows_[slot - 1] = row;
      return;
    }
    rows_.push_back(row);
    slot = static_cast<std::uint32_t>(rows_.size());
  }
  // Null when it is not there; valid until the next put() or clear().
  const PendingRow* find(proof::SentKey key) const {
    if (rows_.empty()) return nullptr;
    const std::uint32_t slot = slots_[slot_of(key)];
    return slot == 0 ? nullptr : &rows_[slot - 1];
  }
  const std::vector<PendingRow>& rows() const { return rows_; }
  bool empty() const { return rows_.empty(); }
  std::size_t size() const { return rows_.size(); }
  void clear() {
    // What one busy moment needed is not kept for ever.
    if (slots_.size() > kKeptSlots) *this = PendingRows();
    rows_.clear();
    slots_.assign(slots_.size(), 0);
  }

 private:
  static constexpr std::size_t kKeptSlots = std::size_t{1} << 17;

  // Of the key, or the free one where it belongs.
  std::size_t slot_of(proof::SentKey key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>(key) & mask;
    while (slots_[at] != 0 && rows_[slots_[at] - 1].key != key)
      at = (at + 1) & mask;
    return at;
  }
  void grow() {
    slots_.assign(slots_.empty() ? 1024 : slots_.size() * 2, 0);
    for (std::size_t i = 0; i < rows_.size(); ++i)
      slots_[slot_of(rows_[i].key)] = static_cast<std::uint32_t>(i + 1);
  }

  std::vector<PendingRow> rows_;
  std::vector<std::uint32_t> slots_;  // Positions in rows_, from 1; a power of two of them.
};

}  // namespace backstop::store
