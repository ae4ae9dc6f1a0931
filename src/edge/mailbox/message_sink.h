// What a mailbox hands out: one message after the other, in pieces, so that none is held whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace backstop::mailbox {

// Where a message stands.
struct MessagePlace {
  // The path of a file that is one message, "-" for standard input; "path#n" (from 1) for the nth
  // of an mbox or a Maildir.
  std::string source;
  // Of the message's first byte, behind the From_ line of an mbox.  Only of a mailbox of several.
  std::optional<std::uint64_t> offset;
  // The envelope sender of an mbox's From_ line.
  std::optional<std::string> envelope_sender;
};

class MessageSink {
 public:
  virtual ~MessageSink() = default;
  virtual void on_message(const MessagePlace& place) = 0;
  virtual void on_bytes(std::string_view bytes) = 0;
  virtual void on_message_end() = 0;
  // A file among several could not be read; the others follow.  A message that had begun has ended.
  virtual void on_unreadable(const Error& error) = 0;
};

}  // namespace backstop::mailbox
