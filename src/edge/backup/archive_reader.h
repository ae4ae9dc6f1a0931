// Reads a backup to its end and holds it to its manifest.  Nothing is written here, and no name of
// the archive is ever used as a path: only what its manifest lists, by is_backup_name().
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "edge/backup/manifest.h"

namespace backstop::backup {

// Where the content goes, in the order of the archive.
class BackupSink {
 public:
  // Once, before any file.
  virtual Result<void> on_manifest(const Manifest& manifest) = 0;
  virtual Result<void> on_file(const BackupFile& file) = 0;
  virtual Result<void> on_bytes(std::string_view bytes) = 0;
  // Its size and digest are right.
  virtual Result<void> on_file_end(const BackupFile& file) = 0;

 protected:
  ~BackupSink() = default;
};

// Errors: Errc::Invalid for what is no backup, is cut off, holds what its manifest does not say, or
// has other bytes than it says; Errc::NotFound, Errc::Denied; Errc::Unsupported; the sink's own.
// Never reads more of a member than its manifest says.  `where` of an error is `path`.
Result<Manifest> read_backup(const std::string& path, BackupSink& sink);

}  // namespace backstop::backup
