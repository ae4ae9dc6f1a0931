// The words of an HTML part: tags dropped, block elements and <br> as line ends, character
// references undone, script, style, head and comments left out; the text of <blockquote> kept, each
// line behind
// "> ".
//
// Resumable by chunk; total; holds one tag of at most limits::kHtmlTagBytes.  Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace backstop::reading {

class HtmlText {
 public:
  // Appends to `out` the text of what was fed, in the charset of the HTML, references as UTF-8.
  // REQUIRES: the HTML is UTF-8 or compatible with ASCII.
  void feed(std::string_view bytes, std::string& out);
  void finish(std::string& out);
};

// All of it at once.
std::string render_html_text(std::string_view html);

}  // namespace backstop::reading
