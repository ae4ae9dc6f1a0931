// Where the ledger's files stand: who may use them, and what becomes of damaged ones.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"

namespace backstop::store {

// Held by the one process that writes the ledger, until dropped.
class LedgerLock {
 public:
  // Errors: Errc::NotFound when the directory is not there; Errc::Denied; Errc::Unavailable when
  // another process holds it.
  static Result<LedgerLock> take(const std::string& directory);
  LedgerLock(LedgerLock&& other) noexcept;
  LedgerLock& operator=(LedgerLock&&) = delete;
  ~LedgerLock();

 private:
  explicit LedgerLock(int fd) : fd_(fd) {}
  int fd_;
};

// Which file a path names now.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  off_t bytes = 0;
  bool is_same(const FileIdentity& other) const {
    return device == other.device && inode == other.inode;
  }
};
// Nothing when there is none.
std::optional<FileIdentity> identify(const std::string& path);

// Renames `path`, its -wal and its -shm to PATH.corrupt-TIME and so on; returns the new path.
// REQUIRES: the database is not open.  Errors: Errc::Limit when limits::kDamagedFiles are there
// already; Errc::Denied; Errc::Unavailable.
Result<std::string> move_aside(const std::string& path, Instant now);

}  // namespace backstop::store
