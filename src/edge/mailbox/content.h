// What a file is, by how it begins.  Names say nothing.  Pure.
#pragma once

#include <string_view>

namespace backstop::mailbox {

enum class Content {
  Empty,
  Mbox,     // Begins with a From_ line, or has one behind text that is no header.
  Message,  // Begins as a header does.
  Text,     // None of these: a message perhaps, if somebody says so.
  Packed,   // gzip, zstd, xz, bzip2.
  Zip,
  Tar,
  OutlookMessage,  // The .msg of Outlook, an OLE file.
  Binary,          // No mail.
};

// `head` is the file's beginning, limits::kMailboxHeadBytes of it or all there is.
enum class HeadEnds { File, Cut };
Content content_of(std::string_view head, HeadEnds ends);

}  // namespace backstop::mailbox
