// The splitter of mboxes: however its window is moved and however far it reaches, the same
// messages at the same places, in order and within the file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/assert.h"
#include "core/mail/from_line.h"
#include "core/mail/mbox_split.h"

namespace {

using namespace backstop;

// The window reaches `step` bytes farther each time, and is moved as far as it may be.
std::vector<mail::MboxBoundary> split(std::string_view file, std::size_t step) {
  std::vector<mail::MboxBoundary> found;
  mail::MboxSplitter splitter;
  std::size_t reach = 0;
  for (;;) {
    reach = std::min(file.size(), reach + step);
    const std::uint64_t base = std::min(splitter.kept_from(), std::uint64_t{reach});
    const bool ended = reach == file.size();
    const auto from = static_cast<std::size_t>(base);
    while (const auto boundary = splitter.next({file.substr(from, reach - from), base, ended})) {
      found.push_back(*boundary);
    }
    if (ended) return found;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const auto whole = split(file, size + 1);
  const auto bytes = split(file, 1);
  const auto steps = split(file, 61);
  BS_ASSERT(whole.size() == bytes.size() && whole.size() == steps.size());
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const mail::MboxBoundary& one = whole[i];
    BS_ASSERT(one.end == bytes[i].end && one.from_line == bytes[i].from_line &&
              one.begin == bytes[i].begin);
    BS_ASSERT(one.end == steps[i].end && one.begin == steps[i].begin);
    BS_ASSERT(last <= one.end && one.end <= one.from_line);
    BS_ASSERT(one.from_line < one.begin && one.begin <= size);
    const std::string_view line = file.substr(static_cast<std::size_t>(one.from_line));
    BS_ASSERT(line.starts_with("From "));
    mail::from_line_sender(line.substr(5));
    last = one.begin;
  }
  BS_ASSERT(mail::without_last_empty_line(file).size() <= size);
  return 0;
}
