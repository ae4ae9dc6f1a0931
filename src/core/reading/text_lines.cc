#include "core/reading/text_lines.h"

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

void FieldLines::begin(std::string_view name, std::string_view rest) {
  text_.assign(name).append(rest);
  name_bytes_ = name.size();
  open_ = true;
}

void FieldLines::continue_with(std::string_view line) {
  if (text_.size() - name_bytes_ + line.size() + 2 > limits::kWalkerHeldBytes) {
    cut_ = true;
  } else {
    text_.append("\r\n").append(line);
  }
}

}  // namespace backstop::reading
