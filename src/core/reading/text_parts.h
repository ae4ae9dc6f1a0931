// Reads the plain text of a notice: the words of the product that wrote it, and behind them the
// returned message, if it stands there.
//
// Not thread-safe.  Holds one line, and looks at limits::kExaminedTextBytes of all text parts
// together.
#pragma once

#include <string>
#include <string_view>

#include "core/reading/inline_return.h"
#include "core/reading/plain_bounce.h"
#include "core/reading/text_lines.h"

namespace backstop::reading {

class TextParts {
 public:
  // A text part begins.
  void begin(std::string_view charset);
  // Its transfer-decoded content, in chunks of any size.
  void feed(std::string_view bytes);
  // It ended; `whole` is false when nobody knows whether more of it was to come.
  void end(bool whole);

  const PlainBounce& plain() const { return plain_; }
  const InlineReturn& inline_return() const { return inline_; }
  // As of PlainBounce, in UTF-8.
  std::vector<RecipientReport> take_recipients();
  // As of InlineReturn.
  Returned take_returned() { return inline_.take(); }

 private:
  void on_line(std::string_view line);

  LineSplitter lines_;
  PlainBounce plain_;
  InlineReturn inline_;
  std::string charset_;
  std::size_t examined_bytes_ = 0;
};

}  // namespace backstop::reading
