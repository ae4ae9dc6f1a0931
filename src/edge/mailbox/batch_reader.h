// Hands out the messages of mailboxes of any size in batches that several threads may read: mbox in
// all its variants, Maildir, folders of messages, single messages, standard input, each of them
// also inside gzip, zstd, xz, bzip2, zip and tar.
//
// The batches, their order and their content do not depend on who asks or when.  A batch holds its
// bytes itself, so that memory is bounded by the batches that are kept: about
// limits::kMailboxBatchBytes each, or one message of at most limits::kMailboxMessageBytes.  Where a
// Content-Length may lie, that much is looked ahead.
//
// What a file is, its first bytes say; names only tell the indexes of mail programs, which are
// passed over, and *.eml, which is a message whatever its text is.  Everything else that is no mail
// comes out as unreadable.  Folders are read in the order of names, links to folders once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace backstop::mailbox {

struct BatchMessage {
  std::uint32_t source = 0;  // Index into Batch::sources.
  std::uint64_t number = 0;  // From 1 within its mailbox; 0 where the file is the one message.
  std::uint64_t offset = 0;  // Of the first byte behind the From_ line, in the (unpacked) mailbox.
  std::string_view from_line;  // Of an mbox, without "From " and line end; "" where there is none.
  std::string_view bytes;      // As they stand, quoted From_ lines of the body too.
  bool cut = false;            // Longer than limits::kMailboxMessageBytes: only its beginning.
};

// What could not be read, and where: `where` of the error is the path, or path:offset.
struct Unreadable {
  std::string source;
  std::uint64_t offset = 0;
  Error error;
};

struct Batch {
  std::uint64_t index = 0;           // From 0, without gaps.
  std::vector<std::string> sources;  // "path", "archive.tar.gz!name" for a member of an archive.
  std::vector<BatchMessage> messages;
  std::vector<Unreadable> unreadable;  // Met before or among these messages.
  std::uint64_t bytes = 0;             // Of the files as they lie on the disk, read for this batch.
  std::shared_ptr<const void> keeps;   // What the views look at.
};

class BatchReader {
 public:
  // "-" is standard input.  What cannot be opened comes out as unreadable, not as an error here.
  explicit BatchReader(std::vector<std::string> paths);
  ~BatchReader();
  BatchReader(const BatchReader&) = delete;
  BatchReader& operator=(const BatchReader&) = delete;

  // False when all was handed out.  Blocking; one thread at a time.
  bool next(Batch& batch);
  // Bytes on the disk of everything named, as far as that can be known before reading; 0 if not.
  // Looks at every file of the folders named: a microsecond or two for each.
  std::uint64_t total_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace backstop::mailbox
