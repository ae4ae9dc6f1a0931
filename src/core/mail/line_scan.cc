#include "core/mail/line_scan.h"

#include <cstring>

#include "core/base/lanes.h"

namespace backstop::mail {
namespace {

constexpr std::size_t kStep = 4 * kLanes;

// "From ", or what the text has of it.
bool may_be_from(const char* at, const char* end) {
  constexpr char kFrom[] = {'F', 'r', 'o', 'm', ' '};
  const auto left = static_cast<std::size_t>(end - at);
  return left < sizeof kFrom ? std::memcmp(at, kFrom, left) == 0
                             : std::memcmp(at, kFrom, sizeof kFrom) == 0;
}

struct BeginsWithFrom {
  static Lanes in(Lanes first) { return first == every_lane('F'); }
  static bool is(const char* at, const char* end) { return *at == 'F' && may_be_from(at, end); }
};

struct StopsHeader {
  static Lanes in(Lanes first) {
    return (first == every_lane('F')) | ((first | every_lane(0x20)) == every_lane('c')) |
           (first == every_lane('\n')) | (first == every_lane('\r'));
  }
  static bool is(const char* at, const char* end) {
    if (*at == '\n' || *at == '\r') return true;
    if (*at == 'F') return may_be_from(at, end);
    const bool c = *at == 'C' || *at == 'c';
    return c && (end - at < 2 || at[1] == 'o' || at[1] == 'O');
  }
};

struct BeginsWithDash {
  static Lanes in(Lanes first) { return first == every_lane('-'); }
  static bool is(const char* at, const char*) { return *at == '-'; }
};

// Steps from line end to line end; what follows one is what is looked for.
template <class Begin>
std::size_t scan(std::string_view text, std::size_t from, char line_end) {
  const char* const data = text.data();
  const char* const end = data + text.size();
  const char* at = data + from - 1;
  const Lanes ends = every_lane(line_end);
  const auto hits_at = [ends](const char* place) {
    return (load_lanes(place) == ends) & Begin::in(load_lanes(place + 1));
  };
  while (static_cast<std::size_t>(end - at) > kStep) {
    static_assert(kStep == 4 * kLanes);
    const Lanes some = (hits_at(at) | hits_at(at + kLanes)) |
                       (hits_at(at + 2 * kLanes) | hits_at(at + 3 * kLanes));
    if (!any_lane(some)) {
      at += kStep;
      continue;
    }
    std::size_t place = first_lane_of(hits_at(at));
    for (int i = 1; place == kLanes && i < 4; ++i) {
      at += kLanes;
      place = first_lane_of(hits_at(at));
    }
    // Whatever else stands in these lanes is looked at again.
    at += place + 1;
    if (Begin::is(at, end)) return static_cast<std::size_t>(at - data);
  }
  for (; end - at > 1; ++at) {
    if (*at == line_end && Begin::is(at + 1, end)) return static_cast<std::size_t>(at + 1 - data);
  }
  return std::string_view::npos;
}

}  // namespace

std::size_t find_from(std::string_view text, std::size_t from, char line_end) {
  return scan<BeginsWithFrom>(text, from, line_end);
}

std::size_t find_header_stop(std::string_view text, std::size_t from, char line_end) {
  return scan<StopsHeader>(text, from, line_end);
}

std::size_t find_dash(std::string_view text, std::size_t from) {
  return scan<BeginsWithDash>(text, from, '\n');
}

}  // namespace backstop::mail
