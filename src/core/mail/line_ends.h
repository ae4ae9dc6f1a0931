// Messages whose lines end in CR alone, as old Macintosh programs and careless conversions leave
// them in files: read as if each CR were a line end.
//
// The first line decides: when it ends in a CR that neither CR nor LF follows, every line may end
// in CR, LF or CRLF.  Any other message passes through untouched, bare CRs included.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/mail/content_sink.h"

namespace backstop::mail {

class LineEnds {
 public:
  void feed(std::string_view in, ContentSink& sink);
  void finish(ContentSink& sink);
  // What follows is no message from its first line on.
  void pass_through() { kind_ = Kind::Lf; }

 private:
  enum class Kind : std::uint8_t { Undecided, Lf, Cr };

  void feed_undecided(std::string_view in, ContentSink& sink);
  void feed_cr(std::string_view in, ContentSink& sink);

  Kind kind_ = Kind::Undecided;
  bool after_cr_ = false;  // Undecided: a CR is held.  Cr: an LF that follows belongs to it.
};

}  // namespace backstop::mail
