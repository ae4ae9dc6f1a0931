#include "edge/mta/line_reader.h"

namespace backstop::mta {

std::optional<std::string_view> LineReader::next(std::string_view& input) {
  if (delivered_) held_.clear();
  delivered_ = false;
  if (oversized_ || input.empty()) return std::nullopt;
  const std::size_t end = input.find('\n');
  std::string_view line = input.substr(0, end);
  if (held_.size() + line.size() > limit_) {
    oversized_ = true;
    held_.clear();
    return std::nullopt;
  }
  const bool whole = end != std::string_view::npos;
  input.remove_prefix(whole ? end + 1 : input.size());
  if (!whole || !held_.empty()) {
    held_.append(line);
    line = held_;
    delivered_ = whole;
  }
  if (!whole) return std::nullopt;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace backstop::mta
