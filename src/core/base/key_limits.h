// The limits of keys and tags; core/base/limits.h includes them.
#pragma once

#include <chrono>
#include <cstddef>

namespace backstop::limits {

// Keys in one ring, retired ones included: twelve bits of key id (docs/formats/token.md).
inline constexpr std::size_t kKeysPerRing = 4095;
// Keys one tag is held against: its one digit of key id stands for every tenth key, and each try is
// another chance of 2^-24 for a tag that was made up.
inline constexpr std::size_t kTagKeys = 16;
// Wrong tags of one network in an hour; a search for one of 2^24 takes a million, and who only kept
// an old address has a few.
inline constexpr unsigned kWrongTagsPerHour = 20;
// Networks whose wrong tags are counted; past these the oldest are forgotten.
inline constexpr std::size_t kWrongTagNetworks = 20'000;
// The pass of a canary: 26 bytes in base32.
inline constexpr std::size_t kCanaryPassCharacters = 42;
// Passes remembered as used within their life; past these none counts: a canary comes by the hour.
inline constexpr std::size_t kCanaryPasses = 1000;
// A key file is a few hundred bytes; more is not a key file.
inline constexpr std::size_t kKeyFileBytes = 16 * 1024;
// A ring file may list every id as deleted; an export holds every key of a ring.
inline constexpr std::size_t kRingFileBytes = 64 * 1024;
inline constexpr std::size_t kKeyExportBytes = 4 * 1024 * 1024;
// Files looked at in a key directory, lost editor backups included.
inline constexpr std::size_t kKeyDirectoryEntries = 20'000;
// How long a change of the ring waits for another change to end.
inline constexpr std::chrono::seconds kKeyLockWait{5};

}  // namespace backstop::limits
