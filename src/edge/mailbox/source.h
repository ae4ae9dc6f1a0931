// Reads whatever holds messages: a file with one message, an mbox, a Maildir, a folder of .eml
// files, or standard input.
//
// Blocking; any thread.  Holds one buffer, and the names of the files of one folder.
#pragma once

#include <string>

#include "core/base/result.h"
#include "edge/mailbox/message_sink.h"

namespace backstop::mailbox {

enum class SourceKind {
  OneMessage,
  Mbox,     // A file that begins with a From_ line.
  Maildir,  // A folder with cur/ and new/; tmp/ holds what is not delivered yet.
  Folder,   // Any other folder: its *.eml files, those of its folders included.
};

// Gives every message of `path` to the sink; "-" is standard input, a message or an mbox.
// Errors: `where` is the path, `detail` a sentence.  Errc::NotFound, Denied, Unavailable when it
// cannot be read; Errc::Limit past limits::kMailboxFiles.  Files that cannot be read inside a
// folder are no error of the folder: MessageSink::on_unreadable.  An empty file is one empty
// message; a folder without messages gives none.
Result<SourceKind> read_source(const std::string& path, MessageSink& sink);

}  // namespace backstop::mailbox
