// Any bytes as the file of alarms: what is read is written and read again the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/alarm/book.h"
#include "core/base/assert.h"
#include "core/base/limits.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto standings = alarm::parse_standings(text);
  BS_ASSERT(standings.size() <= alarm::alarm_count());
  unsigned unreadable = 0;
  BS_ASSERT(alarm::parse_standings(alarm::render_standings(standings), &unreadable) == standings);
  BS_ASSERT(unreadable == 0);
  alarm::Book book;
  book.restore(standings);
  const Instant now{Seconds{1'800'000'000}};
  const auto ended = book.end_quiet(now, now + limits::kAlarmEarlierLife);
  BS_ASSERT(ended.size() <= standings.size());
  const auto due = book.take_due(now);
  BS_ASSERT(due.size() <= standings.size());
  BS_ASSERT(book.take_due(now).empty());
  return 0;
}
