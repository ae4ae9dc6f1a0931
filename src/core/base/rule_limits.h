// The limits of temporary rules, of the valve and of what is unproven in an hour.
#pragma once

#include <chrono>
#include <cstddef>

namespace backstop::limits {

// Rules in force at once, as many as an operator could oversee in an attack on many domains.
inline constexpr std::size_t kRules = 1000;
// The file that keeps them.
inline constexpr std::size_t kRuleFileBytes = 4 * 1024 * 1024;
// Of the operator's reason, of an author's or a run's name.
inline constexpr std::size_t kRuleReasonBytes = 200;
inline constexpr std::size_t kRuleNameBytes = 64;
// A rule is for a run, and a run's tail is looked at again after two days.
inline constexpr std::chrono::hours kRuleLongest{48};
// A closed domain loses genuine bounces; nobody may forget it.
inline constexpr std::chrono::hours kValveLongest{24};
// Rules that ended are shown, with what they did, for so long.
inline constexpr std::chrono::days kRuleRemembered{30};

// Addresses of ours that sent within half a year, and the file that keeps them.
inline constexpr std::size_t kSenders = 200'000;
inline constexpr std::size_t kSenderFileBytes = 16 * 1024 * 1024;

// Recipients whose unproven mail is counted within an hour; who finds no room is not limited.
inline constexpr std::size_t kRateRecipients = 20'000;

}  // namespace backstop::limits
