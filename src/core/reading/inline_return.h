// Finds the returned message in the text of a notice, as products without MIME paste it there.
// Only lines that make a header block count (docs/formats/bounces.md).
//
// Fed line by line; not thread-safe.  Holds one header field at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/reading/returned.h"
#include "core/reading/text_lines.h"

namespace backstop::reading {

class InlineReturn {
 public:
  // One line without its line end.
  void on_line(std::string_view line);
  // The text ended; `whole` is false when it, or what is looked at of it, was cut off.
  void on_text_end(bool whole);

  // The line before which the notice's own words stand was met.
  bool in_returned() const { return state_ != State::Looking; }
  // Its header block and the beginning of its body were met: no later line changes anything.
  bool done() const { return state_ == State::Done; }
  // A product's own words announced it, so that its first line is known.
  bool announced() const { return announced_; }
  // A line announced it, whatever followed.
  bool was_announced() const { return was_announced_; }

  // REQUIRES: called once.  ReturnForm::None when nothing was found.
  Returned take();

 private:
  enum class State {
    Looking,    // In the words of the notice.
    Announced,  // Behind the words that announce the returned message.
    Block,      // In its header block.
    Body,       // Behind it, nothing of the body seen yet.
    Done,
  };
  void look(std::string_view line);
  void await_block(std::string_view line);
  void read_block(std::string_view line);
  bool begin_block(std::string_view line);
  void end_block();
  void give_field(const TextField& field);

  State state_ = State::Looking;
  bool announced_ = false;
  bool was_announced_ = false;
  bool is_sure_ = false;  // The line promised the whole header.
  bool after_blank_ = true;
  unsigned waited_lines_ = 0;
  unsigned odd_lines_ = 0;
  std::string quote_;  // What stands before each line of the block.
  FieldLines fields_;
  ReturnedCollector collector_;
};

// True for the line with which a product announces the returned message.
bool announces_returned(std::string_view line);

}  // namespace backstop::reading
