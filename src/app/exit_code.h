// How every command ends.
#pragma once

#include "core/base/result.h"

namespace backstop::app {

inline constexpr int kExitGood = 0;
inline constexpr int kExitFound = 1;       // It worked, and found something the caller asked about.
inline constexpr int kExitUsage = 2;       // Wrong use.
inline constexpr int kExitTryAgain = 75;   // EX_TEMPFAIL: later may work.
inline constexpr int kExitBadConfig = 78;  // EX_CONFIG.

// Prints "backstop: where: detail" on standard error and returns the exit code of its kind:
// kExitTryAgain for Errc::Unavailable, else `otherwise`.
int report_error(const Error& error, int otherwise = kExitUsage);

}  // namespace backstop::app
