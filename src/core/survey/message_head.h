// Finds, in one pass over the header of a message as it lies in a file, what a survey wants of it:
// where the header ends, when the message came, and who is named.
//
// Pure and total; any thread.  Nothing is copied: views live as long as the message.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/base/time.h"

namespace backstop::survey {

// Values as they stand, folds included; the topmost of each name, "" when there is none.
struct MessageHead {
  // Up to the end of the empty line; the whole message when there is none.
  std::size_t bytes = 0;
  std::string_view received = {};
  std::string_view date = {};
  std::string_view from = {};
  std::string_view to = {};
  std::string_view subject = {};
};

// Looks at most at limits::kHeaderBytesPerBlock; a longer header has the rest of its bytes counted
// as its body, which costs time and changes nothing.
MessageHead find_head(std::string_view message);

// When the message was delivered: the date of an mbox's From_ line (without "From "; UTC, since it
// names no zone), else of the topmost Received, else what Date says.
std::optional<Instant> find_time(const MessageHead& head, std::string_view from_line);

}  // namespace backstop::survey
