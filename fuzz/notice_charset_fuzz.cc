// Any bytes under any label: the text comes out as UTF-8, of bounded length.  The label ends at the
// first line end.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/mail/utf8.h"
#include "core/reading/notice_charset.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace reading = backstop::reading;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view label = input.substr(0, end);
  const std::string_view bytes = input.substr(std::min(end + 1, input.size()));

  const std::string decided = reading::decide_notice_charset(bytes, label);
  const std::string text = reading::decode_notice_text(bytes, label);
  BS_ASSERT(!decided.empty());
  BS_ASSERT(backstop::mail::is_utf8(text));
  BS_ASSERT(backstop::mail::is_utf8(reading::decode_notice_line(bytes, decided)));
  BS_ASSERT(text.size() <= 12 * bytes.size() + 8192);
  return 0;
}
