// Makes a plan true: backup, write, `postfix check`, and everything back when something fails.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "edge/mta/postfix.h"
#include "edge/mta/postfix_plan.h"

namespace backstop::mta {

// The directory below Postfix's queue directory in which our sockets lie.
struct SocketDirectory {
  std::string path;   // As seen below the root.
  std::string owner;  // Who runs the daemon: "_backstop", "backstop" or "root".
  bool is_there = true;
  bool is_right = true;  // There, with owner, group postfix and mode 2750.
};
// Nothing when `socket` ("unix:backstop/milter.sock") is not below the queue directory.
std::optional<SocketDirectory> find_socket_directory(const Postfix& postfix,
                                                     const std::string& socket);

// Errors: as read_rooted; nothing when setup was never applied.
Result<std::optional<Record>> read_record(const Postfix& postfix);

enum class Ending {
  Kept,        // All is written, and Postfix takes it.
  RolledBack,  // Postfix does not take it: every file is as it was.
};

struct Done {
  Ending ending = Ending::Kept;
  std::string backup;       // The directory with the files as they were, as seen below the root.
  Outcome check;            // What `postfix check` said.
  bool was_broken = false;  // RolledBack: it says so without our lines as well.
};

// Writes the files of `plan`.  `record` is what is remembered afterwards; nothing forgets it.
// Signals that would end the process wait until it is over.  Errors: Errc::Denied or
// Errc::Unavailable in a sentence that says whether every file is as it was.
Result<Done> change_postfix(const Postfix& postfix, const Plan& plan,
                            const std::optional<Record>& record,
                            const std::optional<SocketDirectory>& sockets, Instant now);

// Removes the directory of our sockets when nothing lies in it; false when something does.
bool remove_socket_directory(const Postfix& postfix, const SocketDirectory& directory);

}  // namespace backstop::mta
