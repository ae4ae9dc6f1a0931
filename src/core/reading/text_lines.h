// Cuts decoded text into lines, and lines into header fields, resumably.  For the field blocks that
// stand inside parts (delivery reports) or in plain text (returned headers); the message's own
// headers are read by mail::Walker.
//
// Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/ascii.h"
#include "core/base/find_byte.h"
#include "core/base/limits.h"

namespace backstop::reading {

// Hands out lines without their line end (CR LF or LF).  Holds one unfinished line, of which at
// most limits::kWalkerHeldBytes are kept; the rest of a longer line is dropped.
class LineSplitter {
 public:
  // `on_line` is called with a view valid during the call.
  template <class OnLine>
  void feed(std::string_view bytes, OnLine&& on_line) {
    while (!bytes.empty()) {
      const std::size_t end = find_byte(bytes, '\n');
      if (end == std::string_view::npos) {
        hold(bytes);
        return;
      }
      if (held_.empty()) {
        on_line(without_cr(bytes.substr(0, end).substr(0, limits::kWalkerHeldBytes)));
      } else {
        hold(bytes.substr(0, end));
        on_line(without_cr(held_));
        held_.clear();
      }
      bytes.remove_prefix(end + 1);
    }
  }

  // The text has ended: a last line without line end comes out.
  template <class OnLine>
  void finish(OnLine&& on_line) {
    if (held_.empty()) return;
    on_line(without_cr(held_));
    held_.clear();
  }

 private:
  void hold(std::string_view bytes) {
    held_.append(bytes.substr(0, limits::kWalkerHeldBytes - held_.size()));
  }
  static std::string_view without_cr(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  std::string held_;
};

// A field put together from its lines; the views are valid while it is handed out.
struct TextField {
  std::string_view name;  // As written, without the colon.
  std::string_view raw;   // After the colon, folds kept as "\r\n" and white space.
  bool cut = false;       // Longer than limits::kWalkerHeldBytes.
};

// Puts fields together from lines (RFC 5322 §2.2).  Empty lines are the caller's matter.
class FieldLines {
 public:
  enum class Line {
    Began,      // A field begins here.
    Continued,  // Belongs to the field before.
    NotAField,
  };

  // A field that the line ends is handed to `on_field`.
  template <class OnField>
  Line take(std::string_view line, OnField&& on_field);
  // Hands out the field still open, if any.
  template <class OnField>
  void flush(OnField&& on_field) {
    if (!open_) return;
    open_ = false;
    const std::string_view text(text_);
    on_field(TextField{
        .name = text.substr(0, name_bytes_), .raw = text.substr(name_bytes_), .cut = cut_});
  }

 private:
  void begin(std::string_view name, std::string_view rest);
  void continue_with(std::string_view line);

  std::string text_;  // The name, and what stands behind its colon.
  std::size_t name_bytes_ = 0;
  bool cut_ = false;
  bool open_ = false;
};

// Where the name of a field that begins this line ends (RFC 5322 §2.2, white space before the colon
// as in §4.5), and where its colon is.  Nothing when the line begins no field.
struct FieldStart {
  std::string_view name;
  std::string_view rest;  // After the colon.
};
std::optional<FieldStart> parse_field_start(std::string_view line);

template <class OnField>
FieldLines::Line FieldLines::take(std::string_view line, OnField&& on_field) {
  if (!line.empty() && ascii::is_blank(line.front())) {
    if (!open_) return Line::NotAField;
    continue_with(line);
    return Line::Continued;
  }
  const auto start = parse_field_start(line);
  if (!start) return Line::NotAField;
  flush(on_field);
  begin(start->name, start->rest);
  cut_ = line.size() >= limits::kWalkerHeldBytes;
  return Line::Began;
}

}  // namespace backstop::reading
