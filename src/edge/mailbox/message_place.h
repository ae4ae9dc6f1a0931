// Where a message of a batch stands, as it is told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "edge/mailbox/batch_reader.h"

namespace backstop::mailbox {

struct MessagePlace {
  // The path of a file that is one message, "-" for standard input; "path#n" (from 1) for the nth
  // of an mbox or a Maildir.  The path of a member of an archive is "archive!member".
  std::string source;
  // Of the message's first byte, behind the From_ line of an mbox.  Only of a mailbox of several.
  std::optional<std::uint64_t> offset;
  // The envelope sender of an mbox's From_ line, where it names one.
  std::optional<std::string> envelope_sender;
};

MessagePlace place_of(const Batch& batch, const BatchMessage& message);

}  // namespace backstop::mailbox
