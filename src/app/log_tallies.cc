#include "app/log_tallies.h"

#include <algorithm>

#include "core/base/log_limits.h"

namespace backstop::app {
namespace {

// An account of a person has one or two.
constexpr std::uint64_t kManySenders = 5;
// A share of so many that says something.
constexpr std::uint64_t kManyRecipients = 20;
constexpr double kManyInvalid = 0.1;

// Leaves the half of the entries with the larger counts.
template <class Map, class Count>
void forget_rarer_half(Map& map, Count count) {
  std::vector<std::uint64_t> counts;
  counts.reserve(map.size());
  for (const auto& [name, entry] : map)
    counts.push_back(count(entry));
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::nth_element(counts.begin(), middle, counts.end());
  const std::uint64_t least = *middle;
  std::size_t excess = map.size() / 2;
  for (auto at = map.begin(); at != map.end() && excess > 0;) {
    if (count(at->second) > least) {
      ++at;
      continue;
    }
    at = map.erase(at);
    --excess;
  }
}

std::string cut(std::string_view text) {
  return std::string(text.substr(0, limits::kLogReadTextBytes));
}

}  // namespace

void EmittedTally::add(std::string_view to, std::string_view cause, std::string_view message) {
  ++total_;
  const std::string key = cut(to);
  auto found = entries_.find(key);
  if (found == entries_.end()) {
    if (entries_.size() >= limits::kLogReadEmitted)
      forget_rarer_half(entries_, [](const Emitted& entry) { return entry.n; });
    found = entries_.emplace(key, Emitted{key, cut(cause), cut(message), 0}).first;
  }
  ++found->second.n;
}

std::vector<Emitted> EmittedTally::list() const {
  std::vector<Emitted> out;
  for (const auto& [to, entry] : entries_)
    out.push_back(entry);
  std::ranges::sort(
      out, [](const Emitted& a, const Emitted& b) { return a.n != b.n ? a.n > b.n : a.to < b.to; });
  return out;
}

std::uint64_t OutscatterTally::Account::distinct() const {
  const std::uint64_t exact = senders.size();
  return exact < limits::kLogReadAccountSenders ? exact : std::max(exact, sketch.estimate());
}

OutscatterTally::Account& OutscatterTally::account(std::string_view who) {
  const std::string key = cut(who);
  const auto found = accounts_.find(key);
  if (found != accounts_.end()) return found->second;
  if (accounts_.size() >= limits::kLogReadAccounts) {
    forget_rarer_half(accounts_,
                      [](const Account& entry) { return entry.recipients + entry.distinct(); });
  }
  return accounts_[key];
}

void OutscatterTally::add_sender(std::string_view who, std::uint64_t sender) {
  Account& entry = account(who);
  entry.sketch.add(sender);
  if (entry.senders.size() >= limits::kLogReadAccountSenders) return;
  if (std::ranges::find(entry.senders, sender) == entry.senders.end())
    entry.senders.push_back(sender);
}

void OutscatterTally::add_recipient(std::string_view who, bool is_invalid) {
  Account& entry = account(who);
  ++entry.recipients;
  if (is_invalid) ++entry.invalid;
}

std::vector<Outscatter> OutscatterTally::list() const {
  std::vector<Outscatter> out;
  for (const auto& [who, entry] : accounts_) {
    Outscatter row{.who = who,
                   .distinct_senders = entry.distinct(),
                   .recipients = entry.recipients,
                   .invalid_ratio = 0};
    if (entry.recipients > 0)
      row.invalid_ratio =
          static_cast<double>(entry.invalid) / static_cast<double>(entry.recipients);
    const bool is_wasteful =
        entry.recipients >= kManyRecipients && row.invalid_ratio >= kManyInvalid;
    if (row.distinct_senders >= kManySenders || is_wasteful) out.push_back(std::move(row));
  }
  std::ranges::sort(out, [](const Outscatter& a, const Outscatter& b) {
    return a.distinct_senders != b.distinct_senders ? a.distinct_senders > b.distinct_senders
                                                    : a.who < b.who;
  });
  return out;
}

}  // namespace backstop::app
