// Puts a backup back, whole or not at all (docs/formats/backup.md, docs/operation/backup.md).
//
// Invariants
//   (1) Nothing is touched before the whole backup was read and found right.
//   (2) What stood there is moved aside, never deleted; after an error it stands where it was.
//   (3) All time from the backup to the restored daemon's first beat counts as a signing gap.
//   (4) A key that may have signed since the backup verifies as long as if it had.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "app/settings.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "edge/backup/manifest.h"

namespace backstop::app {

struct RestorePlan {
  std::string path;    // The backup.
  std::string to;      // Everything below this directory; "": where the configuration says.
  Settings settings;   // Where keys and store stand, when the backup holds no configuration.
  bool force = false;  // Although something newer stands there.
  Instant now{};
  // Once it is true before anything stands in place, nothing is restored; may be null.
  const std::atomic<bool>* stop = nullptr;
};

struct RestoreDone {
  backup::Manifest manifest;
  std::vector<std::string> restored;  // Directories and files.
  std::vector<std::string> aside;     // Where went what stood there.
};

// Errors: as read_backup; Errc::Exists where something newer stands and `force` is not set;
// Errc::Denied while a daemon uses the store; Errc::Unavailable (no room), and then everything is
// as it was.
Result<RestoreDone> restore_backup(const RestorePlan& plan);

}  // namespace backstop::app
