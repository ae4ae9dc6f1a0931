#include "edge/store/account_rows.h"

#include <algorithm>

#include "core/base/limits.h"

namespace backstop::store {
namespace {

// Mail is of today; yesterday's and tomorrow's are a clock's doing.
constexpr std::size_t kDays = 4;
constexpr auto kRows = static_cast<std::uint32_t>(limits::kLedgerRowsPerAccount);
constexpr std::uint32_t kOver = kRows + 1;

}  // namespace

void AccountRows::mark(const AccountRow& row, Count& count) {
  if (count.is_changed || count.rows < kWrittenFrom) return;
  count.is_changed = true;
  changed_.push_back(row);
}

AccountRows::Leave AccountRows::ask(proof::SentKey account, DayNumber day, std::uint32_t rows) {
  Day& accounts = days_[day];
  // The day itself goes on counting when it is the oldest of too many.
  if (days_.size() > kDays) {
    const auto oldest = days_.begin();
    days_.erase(oldest->first == day ? std::next(oldest) : oldest);
  }
  const auto found = accounts.find(account);
  // Accounts beyond these have each sent next to nothing yet.
  if (found == accounts.end() && accounts.size() >= limits::kLedgerAccounts) return Leave::Given;
  Count& count = found == accounts.end() ? accounts[account] : found->second;
  if (count.rows > kRows) return Leave::Refused;
  const bool is_over = rows > kRows - count.rows;
  count.rows = is_over ? kOver : count.rows + rows;
  mark({account, day, 0}, count);
  return is_over ? Leave::FirstRefused : Leave::Given;
}

void AccountRows::add_stored(const AccountRow& row) {
  Count& count = days_[row.day][row.account];
  count.rows = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(std::uint64_t{count.rows} + row.rows, kOver));
}

std::vector<AccountRow> AccountRows::take_changed() {
  std::vector<AccountRow> rows;
  rows.reserve(changed_.size());
  for (const AccountRow& changed : changed_) {
    const auto day = days_.find(changed.day);
    if (day == days_.end()) continue;
    const auto count = day->second.find(changed.account);
    if (count == day->second.end()) continue;
    count->second.is_changed = false;
    rows.push_back({changed.account, changed.day, count->second.rows});
  }
  changed_.clear();
  return rows;
}

void AccountRows::put_back(const std::vector<AccountRow>& rows) {
  for (const AccountRow& row : rows) {
    const auto day = days_.find(row.day);
    if (day == days_.end()) continue;
    const auto count = day->second.find(row.account);
    if (count != day->second.end()) mark(row, count->second);
  }
}

void AccountRows::mark_all_changed() {
  for (auto& [day, accounts] : days_) {
    for (auto& [account, count] : accounts)
      mark({account, day, 0}, count);
  }
}

void AccountRows::forget_before(DayNumber day) {
  days_.erase(days_.begin(), days_.lower_bound(day));
}

}  // namespace backstop::store
