#include "core/reading/text_lines.h"

#include <utility>

#include "core/base/ascii.h"
#include "core/mail/field_name.h"

namespace backstop::reading {

std::optional<FieldStart> parse_field_start(std::string_view line) {
  const std::size_t end = mail::field_name_size(line);
  if (end == 0 || end > limits::kFieldNameBytes) return std::nullopt;
  std::size_t colon = end;
  while (colon < line.size() && ascii::is_blank(line[colon]))
    ++colon;
  if (colon >= line.size() || line[colon] != ':') return std::nullopt;
  return FieldStart{.name = line.substr(0, end), .rest = line.substr(colon + 1)};
}

FieldLines::Line FieldLines::take(std::string_view line, std::optional<TextField>& done) {
  done.reset();
  if (!line.empty() && ascii::is_blank(line.front())) {
    if (!open_) return Line::NotAField;
    if (open_->raw.size() + line.size() + 2 > limits::kWalkerHeldBytes) {
      open_->cut = true;
    } else {
      open_->raw.append("\r\n").append(line);
    }
    return Line::Continued;
  }
  const auto start = parse_field_start(line);
  if (!start) return Line::NotAField;
  done = std::exchange(open_, TextField{.name = std::string(start->name),
                                        .raw = std::string(start->rest),
                                        .cut = line.size() >= limits::kWalkerHeldBytes});
  return Line::Began;
}

std::optional<TextField> FieldLines::flush() {
  return std::exchange(open_, std::nullopt);
}

}  // namespace backstop::reading
