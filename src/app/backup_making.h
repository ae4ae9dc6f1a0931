// Makes a backup of a running Backstop: one file that holds keys, store and configuration
// (docs/formats/backup.md).
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "edge/backup/manifest.h"

namespace backstop::app {

struct BackupPlan {
  std::string path;             // Of the file to be made.
  std::string keys_directory;   // "": left out.
  std::string store_directory;  // "": left out.
  std::string config_path;      // "": left out.
  Instant now{};
  // Told before each file, for a person: "ledger.db".
  std::function<void(const std::string&)> on_file;
  // Once it is true, nothing is made and no copy is left behind; may be null.
  const std::atomic<bool>* stop = nullptr;
};

struct BackupMade {
  backup::Manifest manifest;
  std::vector<std::string> left_out;  // Files of the store that no backup holds.
  std::vector<std::string> unknown;   // Files there that are none of ours.
};

// The file has mode 0600, and takes its name when it is whole and flushed.  Errors: Errc::Denied
// where others may change the directory it goes to, or ours cannot be read; Errc::NotFound for what
// is not there; Errc::Unavailable (a full disk, or stopped).  Then there is no new file, and an old
// one stays.
Result<BackupMade> make_backup(const BackupPlan& plan);

}  // namespace backstop::app
