#include "core/proof/signing_gap.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace backstop::proof {
namespace {

constexpr std::array<std::pair<GapCause, std::string_view>, 4> kCauses{
    {{GapCause::Down, "down"},
     {GapCause::Signing, "signing"},
     {GapCause::Store, "store"},
     {GapCause::Unseen, "unseen"}}};

void join(SigningGap& into, const SigningGap& other) {
  into.from = std::min(into.from, other.from);
  into.to = std::max(into.to, other.to);
}

// In order, with those of one cause that overlap, or follow one another without a second between,
// made one.
void put_in_order(std::vector<SigningGap>& gaps) {
  std::ranges::stable_sort(gaps, {}, &SigningGap::from);
  std::vector<SigningGap> joined;
  // The latest of each cause; no earlier one of that cause reaches further.
  std::array<std::optional<std::size_t>, kCauses.size()> latest;
  for (const SigningGap& gap : gaps) {
    std::optional<std::size_t>& at = latest[static_cast<std::size_t>(gap.cause)];
    if (at && gap.from <= joined[*at].to + Seconds{1}) {
      join(joined[*at], gap);
    } else {
      at = joined.size();
      joined.push_back(gap);
    }
  }
  gaps = std::move(joined);
}

// Makes one of the two neighbours that are closest.  What lies between them then counts as a gap
// too: too much of a gap only marks what might have been refused.
void join_closest(std::vector<SigningGap>& gaps) {
  std::size_t best = 0;
  for (std::size_t i = 0; i + 1 < gaps.size(); ++i) {
    if (gaps[i + 1].from - gaps[i].to < gaps[best + 1].from - gaps[best].to) best = i;
  }
  join(gaps[best], gaps[best + 1]);
  gaps.erase(gaps.begin() + static_cast<std::ptrdiff_t>(best) + 1);
}

std::optional<SigningGap> parse_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto from = parse_instant(line.substr(0, first));
  const auto to = parse_instant(line.substr(first + 1, second - first - 1));
  const auto cause = parse_gap_cause(line.substr(second + 1));
  if (!from || !to || !cause || *to < *from) return std::nullopt;
  return SigningGap{.from = *from, .to = *to, .cause = *cause};
}

}  // namespace

std::string_view name_of(GapCause cause) {
  for (const auto& [value, name] : kCauses)
    if (value == cause) return name;
  BS_ASSERT(false);
}

std::optional<GapCause> parse_gap_cause(std::string_view name) {
  for (const auto& [value, text] : kCauses)
    if (text == name) return value;
  return std::nullopt;
}

const SigningGap* find_gap(const std::vector<SigningGap>& gaps, Instant received, Instant now,
                           Seconds lifetime) {
  const auto found = std::ranges::find_if(gaps, [&](const SigningGap& gap) {
    return received >= gap.from - kGapMargin && received <= gap.to + kGapMargin &&
           now < gap.to + lifetime;
  });
  return found == gaps.end() ? nullptr : &*found;
}

void add_gap(std::vector<SigningGap>& gaps, SigningGap gap, Instant now, Seconds lifetime) {
  std::erase_if(gaps, [&](const SigningGap& old) { return now >= old.to + lifetime + kGapKept; });
  gaps.push_back(gap);
  put_in_order(gaps);
  while (gaps.size() > limits::kSigningGaps) {
    join_closest(gaps);
    put_in_order(gaps);  // What it became may reach one further on.
  }
}

std::string render_gaps(const std::vector<SigningGap>& gaps) {
  std::string out;
  for (const SigningGap& gap : gaps)
    out += fmt::format("{} {} {}\n", render_instant(gap.from), render_instant(gap.to),
                       name_of(gap.cause));
  return out;
}

std::vector<SigningGap> parse_gaps(std::string_view text, unsigned* unreadable) {
  std::vector<SigningGap> gaps;
  while (!text.empty() && gaps.size() < limits::kSigningGaps) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty()) continue;
    if (const auto gap = parse_line(line)) {
      gaps.push_back(*gap);
    } else if (unreadable != nullptr) {
      ++*unreadable;
    }
  }
  put_in_order(gaps);
  return gaps;
}

}  // namespace backstop::proof
