#include "core/base/tally.h"

#include <algorithm>

#include "core/base/limits.h"

namespace backstop {
namespace {

// At most `bytes_max`, not cut within a character of UTF-8.
std::string_view shorten(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  for (unsigned back = 0; back < 3 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U;
       ++back) {
    --end;
  }
  return text.substr(0, end);
}

bool comes_first(const Tallied& a, const Tallied& b) {
  return a.n != b.n ? a.n > b.n : a.name < b.name;
}

}  // namespace

void Tally::add(std::string_view name, std::optional<Instant> at, std::uint64_t times) {
  name = shorten(name, limits::kSurveyNameBytes);
  if (name.empty()) return;
  total_ += times;
  auto found = counts_.find(name);
  if (found == counts_.end()) {
    if (counts_.size() >= names_max_) forget_rare();
    found = counts_.emplace(name, Count{}).first;
  }
  Count& count = found->second;
  count.n += times;
  if (!at) return;
  if (!count.first || *at < *count.first) count.first = at;
  if (!count.last || *at > *count.last) count.last = at;
}

void Tally::forget_rare() {
  using Entry = std::pair<std::uint64_t, std::string_view>;
  std::vector<Entry> entries;
  entries.reserve(counts_.size());
  for (const auto& [name, count] : counts_)
    entries.emplace_back(count.n, name);
  const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(entries.size() / 2);
  std::nth_element(entries.begin(), middle, entries.end(), [](const Entry& a, const Entry& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  forgotten_names_ += static_cast<std::uint64_t>(entries.end() - middle);
  for (auto entry = middle; entry != entries.end(); ++entry)
    counts_.erase(counts_.find(entry->second));
}

TopNames Tally::top(std::size_t names_max) const {
  TopNames out;
  out.names.reserve(counts_.size());
  for (const auto& [name, count] : counts_) {
    out.names.push_back(
        Tallied{.name = name, .n = count.n, .first = count.first, .last = count.last});
  }
  const std::size_t kept = std::min(names_max, out.names.size());
  const auto end = out.names.begin() + static_cast<std::ptrdiff_t>(kept);
  std::partial_sort(out.names.begin(), end, out.names.end(), comes_first);
  out.names.erase(end, out.names.end());
  out.left_out = total_;
  for (const Tallied& name : out.names)
    out.left_out -= name.n;
  out.forgot = forgotten_names_ > 0;
  // Of those forgotten, some were met again.
  out.names_seen = counts_.size();
  return out;
}

}  // namespace backstop
