// Text and pictures for pages that are looked at in a browser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace backstop::app {

// Made safe for content and for quoted attributes: markup as entities, and what would not show
// itself (control characters, bidirectional overrides, bytes that are no UTF-8) as \xNN.
std::string escape_html(std::string_view text);

// One column of a picture: its parts from the bottom up, as many as the picture has series.
struct Column {
  std::string label;
  std::vector<std::uint64_t> parts;
};
struct Series {
  std::string name;
  std::string style;  // The class that gives it its colour.
};

// Stacked columns with an axis, as one <svg>: fills what it stands in, is told aloud by its title,
// and says its numbers when pointed at.  REQUIRES: columns of as many parts as there are series.
std::string render_columns(std::string_view title, const std::vector<Series>& series,
                           const std::vector<Column>& columns);

struct BarRow {
  std::string name;
  std::uint64_t n = 0;
  std::string note;   // "" for none.
  std::string style;  // "" for that of most.
};
// A table of names, numbers, their share of `whole` and a bar for each.
std::string render_bars(const std::vector<BarRow>& rows, std::uint64_t whole);

}  // namespace backstop::app
