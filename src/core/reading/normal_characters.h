// What becomes of single characters in normal text.  For normal_text.cc.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace backstop::reading {

enum class NormalForm : std::uint8_t {
  Other,     // `code`.
  Space,     // White space of any sort.
  Dropped,   // Shows nothing: zero-width characters, soft hyphens, direction marks.
  Ellipsis,  // Three full stops.
  Mark,      // A combining mark.
};

struct NormalCharacter {
  NormalForm form = NormalForm::Other;
  char32_t code = 0;
};

// Lower case, narrow, plain.  What is not cased by itself stays as it is.
NormalCharacter normal_character(char32_t code);

// The lower-case letter that `letter` with the combining mark `mark` makes; 0 when there is none.
char32_t compose(char32_t letter, char32_t mark);

// REQUIRES: `sequence` is one valid UTF-8 sequence.
char32_t decode_character(std::string_view sequence);

}  // namespace backstop::reading
