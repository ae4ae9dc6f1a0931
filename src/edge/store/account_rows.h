// How many rows each account has had recorded on a day, so that one stolen account cannot evict
// what others sent.  One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "core/proof/sent.h"
#include "edge/store/sent_row.h"

namespace backstop::store {

struct AccountRow {
  proof::SentKey account = 0;
  DayNumber day = 0;
  std::uint32_t rows = 0;
};

class AccountRows {
 public:
  // Counts below this are not written down: most accounts stay below it, and a restart may forget
  // as much.
  static constexpr std::uint32_t kWrittenFrom = 1000;

  enum class Leave { Given, Refused, FirstRefused };
  // Leave to record so many rows more.  Once refused, an account stays refused that day.
  Leave ask(proof::SentKey account, DayNumber day, std::uint32_t rows);
  // As it stood on the disk.
  void add_stored(const AccountRow& row);
  // What is to be written since the last call.
  std::vector<AccountRow> take_changed();
  void put_back(const std::vector<AccountRow>& rows);
  void mark_all_changed();
  void forget_before(DayNumber day);

 private:
  struct Count {
    std::uint32_t rows = 0;
    bool is_changed = false;
  };
  struct KeyItself {
    std::size_t operator()(proof::SentKey key) const { return static_cast<std::size_t>(key); }
  };
  using Day = std::unordered_map<proof::SentKey, Count, KeyItself>;

  void mark(const AccountRow& row, Count& count);

  std::map<DayNumber, Day> days_;
  std::vector<AccountRow> changed_;
};

}  // namespace backstop::store
