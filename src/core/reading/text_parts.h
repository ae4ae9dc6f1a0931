// Reads the text parts of a notice, plain or HTML, whatever their charset: the words of the product
// that wrote it, and behind them the returned message, if it stands there.
//
// Not thread-safe.  Holds one line, the notice's own words up to limits::kNoticeTextBytes, and of a
// part whose charset is not decided yet, or that is HTML, its beginning; looks at
// limits::kExaminedTextBytes of all text parts together.
#pragma once

#include <string>
#include <string_view>

#include "core/reading/inline_return.h"
#include "core/reading/phrases.h"
#include "core/reading/plain_bounce.h"
#include "core/reading/text_lines.h"

namespace backstop::reading {

enum class TextForm : std::uint8_t { Plain, Html };

class TextParts {
 public:
  // A text part begins; `charset` is its label, "" when it has none.
  void begin(std::string_view charset, TextForm form);
  // Its transfer-decoded content, in chunks of any size.
  void feed(std::string_view bytes);
  // It ended; `whole` is false when nobody knows whether more of it was to come.
  void end(bool whole);

  const PlainBounce& plain() const { return plain_; }
  const InlineReturn& inline_return() const { return inline_; }
  std::vector<RecipientReport> take_recipients() { return plain_.take_recipients(); }
  // As of InlineReturn.
  Returned take_returned() { return inline_.take(); }
  // What the notice says itself, as UTF-8 lines: not the returned message.
  std::string_view own_words() const { return own_words_; }
  // The charset of the last text that was not ASCII, as its label and its bytes tell; "" if none.
  std::string_view charset() const { return told_charset_; }
  // Some word stood there: an HTML part that says the same need not be read.
  bool has_words() const { return has_words_; }

 private:
  void take(std::string_view bytes);
  void decide_charset();
  void take_lines(std::string_view bytes);
  void on_line(std::string_view line);
  void on_decoded_line(std::string_view line);

  LineSplitter lines_;
  PlainBounce plain_;
  InlineReturn inline_;
  TextForm form_ = TextForm::Plain;
  std::string charset_;
  std::string told_charset_;
  bool is_decided_ = false;
  bool is_buffered_ = false;  // Only to be decoded as a whole: HTML, and charsets of wide units.
  std::string held_;
  std::string own_words_;
  bool has_words_ = false;
  std::size_t examined_bytes_ = 0;
};

}  // namespace backstop::reading
