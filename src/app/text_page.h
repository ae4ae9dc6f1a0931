// What a command tells a person: labels on the left, sentences on the right, folded to the width
// of the terminal.  Everything that is put in is escaped for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace backstop::app {

enum class Tone { Plain, Good, Warning, Bad, Strong };

class TextPage {
 public:
  // `width`: columns to fold at; `colour`: with the terminal's colours.
  TextPage(std::size_t width, bool colour) : width_(width), colour_(colour) {}
  // For standard output: folded and in colour only when it is a terminal.
  static TextPage for_stdout();

  // At the left margin; a blank line before every one but the first.
  void title(std::string_view text, Tone tone = Tone::Strong);
  // `label` is shown when it differs from that of the line before.  Nothing for an empty text.
  void line(std::string_view label, std::string_view text, Tone tone = Tone::Plain);
  // As it is, but escaped: rows of a table are aligned by who makes them.
  void row(std::string_view text, Tone tone = Tone::Plain);

  std::string take() { return std::move(text_); }

 private:
  void put(std::string_view text, Tone tone);
  std::size_t width_;
  bool colour_;
  std::string text_;
  std::string last_label_;
};

// "61,204"
std::string group_digits(std::uint64_t number);
// "1 message", "2 messages": the plural is the word and an s.
std::string count_of(std::uint64_t number, std::string_view word);
// "1.5 GB", "640 KB"
std::string size_of(std::uint64_t bytes);

}  // namespace backstop::app
