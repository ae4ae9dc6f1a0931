// Files of a system that stands below a root directory, "/" or a tree: looked up as that system
// itself would see them, so that an absolute symbolic link stays inside; replaced so that no reader
// and no crash ever sees half a file.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace backstop::mta {

// The path on this host of `path` below `root`, symbolic links followed inside; the last part need
// not exist.  Errors: Errc::Limit for a circle of links.
Result<std::string> resolve(const std::string& root, const std::string& path);

// Errors: Errc::NotFound, Errc::Denied, Errc::Invalid for what is no regular file, Errc::Limit past
// limits::kMtaConfigBytes; `where` is `path`.
Result<std::string> read_rooted(const std::string& root, const std::string& path);

// Writes beside the file, flushes, renames over it, flushes the directory.  A file that was there
// keeps owner and mode, and a symbolic link stays one; a new file gets `mode`.  Errors:
// Errc::Denied or Errc::Unavailable in a sentence; then the file is as it was.
Result<void> replace_rooted(const std::string& root, const std::string& path,
                            std::string_view content, mode_t mode = 0644);

// One that is not there is no error.
Result<void> remove_rooted(const std::string& root, const std::string& path);

// Makes it with that mode when it is not there; its parent must be.  Errors: as replace_rooted.
Result<void> make_directory(const std::string& root, const std::string& path, mode_t mode);

struct Account {
  uid_t uid = 0;
  gid_t gid = 0;
};
// From etc/passwd and etc/group, where accounts of services stand.
std::optional<Account> find_user(const std::string& root, const std::string& name);
std::optional<gid_t> find_group(const std::string& root, const std::string& name);
// Is the user of that name in the group, by passwd or by group file?
bool is_member(const std::string& root, const std::string& user, gid_t group);

}  // namespace backstop::mta
