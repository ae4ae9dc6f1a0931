// What a backup holds, as its first member says: docs/formats/backup.md.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/sha256.h"

namespace backstop::backup {

inline constexpr std::string_view kManifestName = "manifest";
// The folders of a backup.
inline constexpr std::string_view kKeysFolder = "keys/";
inline constexpr std::string_view kStoreFolder = "store/";
inline constexpr std::string_view kConfigName = "config/backstop.toml";

struct BackupFile {
  std::string name;        // is_backup_name() holds.
  std::uint32_t mode = 0;  // At most 0664: others may read the configuration.
  std::uint64_t bytes = 0;
  crypto::Sha256Digest digest{};
  bool operator==(const BackupFile&) const = default;
};

struct Manifest {
  Instant created{};  // Nothing in it is older than this.
  std::string host;   // A word.
  std::string version;
  std::vector<BackupFile> files;  // In the order of the archive, without the manifest itself.
  bool operator==(const Manifest&) const = default;

  const BackupFile* find(std::string_view name) const;
  bool has_folder(std::string_view folder) const;
  std::uint64_t bytes() const;  // Of all files.
};

// One of the folders and a plain file name in it: no path leads out of where it is put.
bool is_backup_name(std::string_view name);

std::string render_manifest(const Manifest& manifest);
// Errors: Errc::Unsupported for another version of the format, Errc::Limit, Errc::Invalid naming
// the line.
Result<Manifest> parse_manifest(std::string_view text);

// 64 hex digits.
std::string render_digest(const crypto::Sha256Digest& digest);

}  // namespace backstop::backup
