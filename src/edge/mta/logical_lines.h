// The line format that main.cf and master.cf share (postconf(5), master(5)): a logical line begins
// with text that is not white space and goes on in every line that begins with white space; empty
// lines and lines whose first visible character is '#' count for nothing, wherever they stand.
//
// Pure and total; any thread.  Offsets are into the text that was given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace backstop::mta {

// What a stretch of a logical line says, and where each of its characters stands.
struct Spelled {
  std::string text;
  std::vector<std::size_t> at;  // As long as `text`.
};

struct LogicalLine {
  std::size_t begin = 0;
  std::size_t end = 0;  // Behind the last physical line that counts, its line end included.
  Spelled said;         // Without line ends and comments.
};

// At most limits::kMtaConfigLines; what follows is passed over.
std::vector<LogicalLine> logical_lines(std::string_view text);

// One word or one {…} group of a list, as offsets into the text that was split.
struct Element {
  std::size_t begin = 0;
  std::size_t end = 0;
};
// Splits at white space, and at commas where `commas`; what stands in braces is one element.
std::vector<Element> split_elements(std::string_view text, bool commas);

// White space as Postfix sees it, '\r' of a foreign line end included.
std::string_view trim(std::string_view text);

// Takes out what stands at the offsets [begin, end), and the physical line with it when nothing but
// white space is left of it.
void erase_stretch(std::string& text, std::size_t begin, std::size_t end);

// "\r\n" when the text's first line ends so, else "\n".
std::string_view line_end_of(std::string_view text);

}  // namespace backstop::mta
