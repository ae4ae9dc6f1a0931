// Limits of backups; part of core/base/limits.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace backstop::limits {

// Files of one backup, and what lists them: a ring has at most some thousand keys.
inline constexpr std::size_t kBackupFiles = 10'000;
inline constexpr std::size_t kBackupManifestBytes = std::size_t{4} * 1024 * 1024;
// One file of it; a ledger of 64 million keys has some 5 GB.
inline constexpr std::uint64_t kBackupFileBytes = std::uint64_t{1} << 40U;
// The name of one, without its folder.
inline constexpr std::size_t kBackupNameBytes = 64;

}  // namespace backstop::limits
