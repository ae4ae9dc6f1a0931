// The limits of made-up traffic.
#pragma once

#include <cstddef>
#include <cstdint>

namespace backstop::limits {

// A scenario as text; the longest that is committed has some 2 KB.
inline constexpr std::size_t kScenarioFileBytes = 64 * 1024;
// One of its lines, as an editor shows it.
inline constexpr std::size_t kScenarioLineBytes = 1000;
// Sections of one scenario: runs, sorts of own mail and what else happens.
inline constexpr std::size_t kScenarioSections = 64;
// What happens in one scenario; each is 32 bytes of plan.
inline constexpr std::uint64_t kScenarioEvents = 5'000'000;
// How long a scenario lasts at most; the dates of its mail must be dates.
inline constexpr int kScenarioDays = 400;
// Servers that answer, addresses of a list, users of a site.
inline constexpr std::uint64_t kScenarioNames = 200'000;
// The mean size of one message; its longest is some fifty times that.
inline constexpr std::uint64_t kScenarioMessageBytes = 1024 * 1024;

}  // namespace backstop::limits
