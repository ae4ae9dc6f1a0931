// Splits an mbox into messages at its From_ lines, resumably.  Quoting of "From " in bodies (">From
// ", mboxo and mboxrd) is left as it stands: which of the two it is cannot be known.
//
// A From_ line stands at the very beginning or behind an empty line, and has a time and a year, so
// that a sentence that begins with "From " is none.  The empty line before it belongs to the mbox.
//
// Holds at most one line of limits::kMboxLineBytes.  Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "edge/mailbox/message_sink.h"

namespace backstop::mailbox {

bool is_from_line(std::string_view line);

class MboxSplitter {
 public:
  // `path` is what sources are named after.  REQUIRES: the sink outlives the splitter.
  MboxSplitter(std::string path, MessageSink& sink);

  void feed(std::string_view bytes);
  // REQUIRES: called once, and nothing afterwards.
  void finish();

 private:
  void take_line(std::string_view line);
  void begin_message(std::string_view from_line);
  void give(std::string_view bytes);

  std::string path_;
  MessageSink& sink_;
  std::string held_;         // The line so far, as long as it may be a From_ line.
  std::string empty_line_;   // Met, and not known yet whose it is.
  bool passing_ = false;     // In the rest of a line too long to be held.
  bool after_empty_ = true;  // At the beginning, or behind an empty line.
  bool open_ = false;
  std::uint64_t taken_bytes_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace backstop::mailbox
