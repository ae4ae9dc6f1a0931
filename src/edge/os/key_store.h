// The directory that holds a key ring: docs/formats/key-ring.md.
//
// Threads: load() and version() may be called by any thread and need no lock.  A change takes
// lock(), loads, changes the ring with core/proof/key_change.h, and saves; daemon and commands do
// it alike and so never interleave.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/proof/key_ring.h"
#include "edge/os/private_directory.h"

namespace backstop::os {

// What a directory held at one moment.
struct LoadedRing {
  std::shared_ptr<const proof::KeyRing> ring;
  // Sentences for a person: files that were ignored, and what does not fit together.
  std::vector<std::string> notes;
  // What KeyStore::version() said before the first file was read.
  std::string version;
};

class KeyStore {
 public:
  // Nothing is read yet.
  explicit KeyStore(std::string directory) : path_(std::move(directory)) {}
  const std::string& path() const { return path_; }

  // Leave to change the ring; given back when dropped.
  class Lock {
   private:
    friend class KeyStore;
    Lock(PrivateDirectory directory, FileDescriptor held)
        : directory_(std::move(directory)), held_(std::move(held)) {}
    PrivateDirectory directory_;
    FileDescriptor held_;
  };

  // Errors: Errc::NotFound without a directory or a ring in it; Errc::Denied where others may read
  // or own it; Errc::Invalid with file and line; Errc::Limit; Errc::Unavailable.
  Result<LoadedRing> load() const;
  // Changes whenever a file of the ring does.  Cheap: looks at the files without reading them.
  // Errors: as load().
  Result<std::string> version() const;

  // Waits for a change under way up to limits::kKeyLockWait.  Errors: Errc::NotFound without a
  // directory; Errc::Denied; Errc::Unavailable.
  Result<Lock> lock() const;
  // As lock(), making the directory if need be.
  Result<Lock> lock_new() const;

  // Writes what differs between both rings: key files first, then the ring file, then removes the
  // files of deleted keys, so that a crash leaves the ring as before or as after.  `before` is null
  // for a directory without a ring.  Errors: Errc::Exists when there is a ring and `before` is
  // null; Errc::Unavailable, and then the ring is as before or as after. REQUIRES: `before` was
  // loaded while `lock` was held.
  Result<void> save(const Lock& lock, const proof::KeyRing* before,
                    const proof::KeyRing& after) const;

 private:
  std::string path_;
};

}  // namespace backstop::os
