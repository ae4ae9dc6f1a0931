// Any bytes as HTML: whatever the chunks, the same text comes out, at most three times as long, and
// its lines end.  The first byte says how to split.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/mail/utf8.h"
#include "core/reading/html_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace reading = backstop::reading;
  if (size == 0) return 0;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view html(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % 31;
  const std::string whole = reading::render_html_text(html);
  BS_ASSERT(whole.size() <= 3 * html.size() + 3);
  BS_ASSERT(whole.empty() || whole.back() == '\n');
  if (backstop::mail::is_utf8(html)) BS_ASSERT(backstop::mail::is_utf8(whole));

  reading::HtmlText reader;
  std::string out;
  for (std::size_t at = 0; at < html.size(); at += piece)
    reader.feed(html.substr(at, piece), out);
  reader.finish(out);
  BS_ASSERT(out == whole);
  return 0;
}
