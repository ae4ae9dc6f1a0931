// What must be written so that Postfix asks Backstop, or so that it no longer does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "edge/mta/master_cf.h"
#include "edge/mta/postfix.h"
#include "edge/mta/postfix_tags.h"

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
  // Services that pass to our milter what a content filter hands back: it comes a second time.
  std::vector<std::string> second_passes;
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

// The tables of postfix_tags.h.
std::string tagged_table_path(const Postfix& postfix);
std::string command_table_path(const Postfix& postfix);
// What `text` does about tags already by tables of ours: `prvs` and `strict` alone are meaningful.
PostfixTags find_tags(const Postfix& postfix, const PostfixText& text);

std::string canary_table_path(const Postfix& postfix);

// Where the canary enters.
struct PostfixCanary {
  std::string listener;   // "127.0.0.1:10125"; "": nowhere, and what is there of it goes.
  bool is_taken = false;  // Somebody listens there: Postfix itself, or it could not start.
  // It goes to an address that is nobody's, which only its listener is to know.
  bool goes_to_nobody = true;
};

// `socket` as Postfix is told of it: "unix:backstop/milter.sock".  What stands there of tags and is
// not wanted stays: plan_removal takes it out.  Errors: as of PostfixDraft; Errc::Exists when the
// path of one of our tables holds something else, or a place of which Postfix has one is taken;
// Errc::Unsupported when this Postfix cannot do what tags want; Errc::Internal when Postfix would
// read the edited files otherwise than meant.
Result<Plan> plan_setup(const Postfix& postfix, const PostfixText& text, const std::string& socket,
                        const PostfixTags& tags, const PostfixCanary& canary);
// Its part of that, added to `plan`, a setup of `before`.  Errors: Errc::Internal as there.
Result<void> plan_canary(const Postfix& postfix, const PostfixText& before,
                         const PostfixCanary& canary, Plan& plan);
// Takes it out of `plan`, a removal, likewise.
Result<void> plan_canary_removal(const Postfix& postfix, const PostfixText& before, Plan& plan);

// What there is to go when setup is taken back: answers to tagged senders come for a long time, and
// only the tables know whom they are for.
enum class Removal {
  AllButTags,
  All,
};
// `record`: nothing when there is none; then what cannot be known is left alone, with a note.
Result<Plan> plan_removal(const Postfix& postfix, const PostfixText& text,
                          const std::string& socket, const std::optional<Record>& record,
                          Removal what);

// What is to be remembered once `plan`, a setup of `text`, is written.  Whatever others changed
// since the last time is theirs and counts as having been there before.
Result<Record> make_record(const Postfix& postfix, const PostfixText& text, const Plan& plan,
                           const std::string& socket, const std::optional<Record>& last);

// Does Postfix, by its own reading, differ between the two in nothing but `settings` (keys as of
// PostfixDraft::settings)?  Errors: Errc::Internal naming what else differs.
Result<void> verify_only(const Postfix& postfix, const PostfixText& before,
                         const PostfixText& after, const std::vector<std::string>& settings);

}  // namespace backstop::mta
