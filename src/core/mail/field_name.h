// Where the name of a header field ends (RFC 5322 §2.2), for all that cut lines into fields.
//
// Pure; any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "core/base/lanes.h"
#include "core/base/limits.h"

namespace backstop::mail {

// How many characters of a name `line` begins with: printable ASCII without the colon.  At most one
// more than limits::kFieldNameBytes.
inline std::size_t field_name_size(std::string_view line) {
  const std::size_t most = std::min(line.size(), limits::kFieldNameBytes + 1);
  std::size_t at = 0;
  for (; at + kLanes <= line.size(); at += kLanes) {
    const Lanes x = load_lanes(line.data() + at);
    // Bytes from 0x80 on are negative.
    const Lanes ends = (x <= every_lane(' ')) | (x == every_lane(':')) | (x == every_lane(0x7f));
    const std::size_t end = first_lane_of(ends);
    if (end != kLanes || at + end >= most) return std::min(at + end, most);
  }
  while (at < most && line[at] > ' ' && line[at] < 0x7f && line[at] != ':')
    ++at;
  return at;
}

}  // namespace backstop::mail
