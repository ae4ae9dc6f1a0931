// A judged message as the watch takes it, from its reading.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/watch/event.h"

namespace backstop::watch {

// Holds what `message()` refers to; `reading` outlives it.
class Judged {
 public:
  Judged(const reading::Reading& reading, Verdict verdict);
  Judged(const Judged&) = delete;
  Judged& operator=(const Judged&) = delete;
  const JudgedMessage& message() const { return message_; }

 private:
  std::string from_;
  std::vector<std::string> domains_;
  std::vector<std::string_view> views_;
  JudgedMessage message_;
};

}  // namespace backstop::watch
