// What must be written so that Postfix asks Backstop, or so that it no longer does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "edge/mta/master_cf.h"
#include "edge/mta/postfix.h"

namespace backstop::mta {

// One setting, for a person.
struct Change {
  std::string file;                   // "/etc/postfix/main.cf"
  std::string setting;                // "smtpd_milters", "submission/inet: smtpd_milters"
  std::optional<std::string> before;  // Nothing: it did not stand there.
  std::optional<std::string> after;   // Nothing: it is taken out.
  std::string why;                    // A sentence.
};

// One file, as seen below the root.
struct FileChange {
  std::string path;
  std::optional<std::string> before;  // Nothing: there was no such file.
  std::optional<std::string> after;   // Nothing: the file goes.
};

struct Plan {
  std::vector<Change> changes;
  std::vector<FileChange> files;   // In the order in which they are to be written.
  std::vector<std::string> notes;  // What was seen and left alone, in sentences.
  // The text of both files afterwards.
  PostfixText text;
};

// Both files as they were before our first change, and as our last one left them.
struct Record {
  PostfixText before;
  PostfixText after;
};

// The file that takes our verdict out of mail from outside, for Postfix's header_checks.
std::string header_map_path(const Postfix& postfix);

// `socket` as Postfix is told of it: "unix:backstop/milter.sock".  Errors: as of PostfixDraft;
// Errc::Exists when the map's path holds something else; Errc::Internal when Postfix would read the
// edited files otherwise than meant.
Result<Plan> plan_setup(const Postfix& postfix, const PostfixText& text, const std::string& socket);

// `record`: nothing when there is none; then what cannot be known is left alone, with a note.
Result<Plan> plan_removal(const Postfix& postfix, const PostfixText& text,
                          const std::string& socket, const std::optional<Record>& record);

// What is to be remembered once `plan`, a setup of `text`, is written.  Whatever others changed
// since the last time is theirs and counts as having been there before.
Result<Record> make_record(const Postfix& postfix, const PostfixText& text, const Plan& plan,
                           const std::string& socket, const std::optional<Record>& last);

// Does Postfix, by its own reading, differ between the two in nothing but `settings` (keys as of
// PostfixDraft::settings)?  Errors: Errc::Internal naming what else differs.
Result<void> verify_only(const Postfix& postfix, const PostfixText& before,
                         const PostfixText& after, const std::vector<std::string>& settings);

}  // namespace backstop::mta
