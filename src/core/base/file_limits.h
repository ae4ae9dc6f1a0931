// The limits of files that commands read: mailboxes, archives of them, single messages.  Included
// by core/base/limits.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace backstop::limits {

// A line that may be the From_ line of an mbox; longer ones are text.
inline constexpr std::size_t kMboxLineBytes = 1024;
// The name of the header field that must follow a From_ line which nothing else vouches for.
inline constexpr std::size_t kMboxFieldNameBytes = 76;
// Messages handed out together: as much as fits the caches of one core, so that what was just read
// is still there when it is looked at.
inline constexpr std::size_t kMailboxBatchBytes = 1024 * 1024;
// One message of a mailbox; of a longer one only the beginning is looked at.  A report stands
// before what it returns, and three of these in flight must stay under 64 MiB.
inline constexpr std::size_t kMailboxMessageBytes = 16 * 1024 * 1024;
// Messages, and complaints, of one batch: a folder may hold a million empty files.
inline constexpr std::size_t kMailboxBatchMessages = 20'000;
inline constexpr std::size_t kMailboxBatchUnreadable = 1000;
// The beginning of a file that says what it is.
inline constexpr std::size_t kMailboxHeadBytes = 64 * 1024;
// Archives and packed files within each other.
inline constexpr unsigned kMailboxArchiveDepth = 3;
// Members of one archive: a mailbox exported as one file a message.
inline constexpr std::size_t kMailboxArchiveMembers = 10'000'000;
// The name of a member as it is told.
inline constexpr std::size_t kMailboxNameBytes = 1024;
// What an archive may unpack to, whatever its own size is; and how many times its size past that.
// Mail packs five to twenty times; gzip cannot do more than a thousand.
inline constexpr std::uint64_t kMailboxUnpackedBytes = 1024 * 1024 * 1024;
inline constexpr std::uint64_t kMailboxUnpackedTimes = 1000;
// Folders within folders.
inline constexpr std::size_t kMailboxFolderDepth = 64;
// Folders of one tree that are remembered, so that links lead into none of them twice.
inline constexpr std::size_t kMailboxFolders = 200'000;
// Files of one folder whose names are held to be read in order.
inline constexpr std::size_t kMailboxFiles = 1'000'000;
// A configuration file.
inline constexpr std::size_t kConfigFileBytes = 4 * 1024 * 1024;

// A play: a script written by hand.
inline constexpr std::size_t kPlayFileBytes = 4 * 1024 * 1024;
// A single message read from a file or standard input by a command.
inline constexpr std::size_t kMessageFileBytes = 256 * 1024 * 1024;

}  // namespace backstop::limits
