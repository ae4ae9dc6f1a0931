#include "core/mail/line_scan.h"

#include <cstdint>
#include <cstring>

namespace backstop::mail {
namespace {

// GCC and clang make the widest registers of this that the build allows; SSE2 is already as fast as
// memory.
using Lanes = signed char __attribute__((vector_size(16)));

constexpr std::size_t kLanes = sizeof(Lanes);
constexpr std::size_t kStep = 4 * kLanes;

Lanes load(const char* at) {
  Lanes lanes;
  std::memcpy(&lanes, at, sizeof lanes);
  return lanes;
}

Lanes every(char c) {
  return Lanes{} + static_cast<signed char>(c);
}

bool any(Lanes lanes) {
  std::uint64_t halves[2];
  std::memcpy(halves, &lanes, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

struct BeginsWithF {
  static Lanes in(Lanes second) { return second == every('F'); }
  static bool is(char c) { return c == 'F'; }
};

struct StopsHeader {
  static Lanes in(Lanes second) {
    return (second == every('F')) | ((second | every(0x20)) == every('c')) |
           (second == every('\n')) | (second == every('\r'));
  }
  static bool is(char c) { return c == 'F' || c == 'C' || c == 'c' || c == '\n' || c == '\r'; }
};

// `at` is the place of a line end; what follows it is what is looked for.
template <class Begin>
std::size_t scan(std::string_view text, std::size_t from, char line_end) {
  const char* const data = text.data();
  const std::size_t size = text.size();
  std::size_t at = from - 1;
  const Lanes end = every(line_end);
  while (at + kStep + 1 <= size) {
    Lanes hits{};
    for (std::size_t i = 0; i < kStep; i += kLanes) {
      hits |= (load(data + at + i) == end) & Begin::in(load(data + at + i + 1));
    }
    if (any(hits)) {
      for (std::size_t i = at; i < at + kStep; ++i) {
        if (data[i] == line_end && Begin::is(data[i + 1])) return i + 1;
      }
    }
    at += kStep;
  }
  for (; at + 1 < size; ++at) {
    if (data[at] == line_end && Begin::is(data[at + 1])) return at + 1;
  }
  return std::string_view::npos;
}

}  // namespace

std::size_t find_f_line(std::string_view text, std::size_t from, char line_end) {
  return scan<BeginsWithF>(text, from, line_end);
}

std::size_t find_header_stop(std::string_view text, std::size_t from, char line_end) {
  return scan<StopsHeader>(text, from, line_end);
}

}  // namespace backstop::mail
