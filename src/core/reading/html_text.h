// The words of an HTML part: tags dropped, block elements and <br> as line ends, character
// references undone, script, style, title and comments left out; the text of <blockquote> kept,
// each line behind "> ".  White space is joined as a browser does, except in <pre>.  What stands in
// angle brackets and has an '@' is an address that somebody forgot to escape, and is kept.
//
// Resumable by chunk; total; holds the name of one tag, of at most limits::kHtmlTagBytes.  Writes
// at most three times the bytes fed.  Not thread-safe.
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
  // The part ended: what was held comes out.
  void finish(std::string& out);

 private:
  enum class State : std::uint8_t {
    Text,
    Reference,    // Behind '&'.
    TagName,      // Behind '<'.
    TagRest,      // Behind the name.
    Comment,      // Behind "<!--".
    Declaration,  // Behind "<!" or "<?".
    Raw,          // In an element whose content is not shown.
  };
  std::size_t take_text(std::string_view bytes, std::string& out);
  std::size_t take_blanks(std::string_view bytes);
  std::size_t take_whole_name(std::string_view bytes, std::string& out);
  std::size_t take_raw(std::string_view bytes);
  std::size_t skip_unseen(std::string_view bytes) const;
  void take(char c, std::string& out);
  void take_tag_name(char c, std::string& out);
  void take_tag_rest(char c);
  void take_comment(char c);
  bool take_reference(char c, std::string& out);
  void end_reference(bool closed, std::string& out);
  void begin_tag_rest(std::string& out);
  void end_tag_name(std::string& out);
  void put(char c, std::string& out);
  void begin_word(std::string& out);
  void end_line(std::string& out);

  State state_ = State::Text;
  std::string held_;      // A reference, a tag's name, or the end tag of a raw element as met.
  std::string raw_name_;  // The element whose end is awaited in Raw.
  char quote_ = 0;        // Of the attribute value that is open.
  unsigned dashes_ = 0;   // That end a comment, met so far.
  unsigned pre_depth_ = 0;
  unsigned quote_depth_ = 0;
  bool line_begun_ = false;
  bool space_ = false;
  bool raw_after_tag_ = false;
};

// All of it at once.
std::string render_html_text(std::string_view html);

}  // namespace backstop::reading
