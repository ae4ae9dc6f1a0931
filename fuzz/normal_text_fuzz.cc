// Any bytes as text: normal text is never longer, is its own normal text where it is UTF-8, and
// stays UTF-8; every phrase found stands where it is said to; a language is one of those told.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/mail/utf8.h"
#include "core/reading/language.h"
#include "core/reading/normal_text.h"
#include "core/reading/phrases.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace reading = backstop::reading;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string normal = reading::render_normal(bytes);
  const std::string line = reading::render_normal_line(bytes);
  BS_ASSERT(normal.size() <= bytes.size() && line.size() <= bytes.size());
  BS_ASSERT(normal.find("  ") == std::string::npos && normal.find("00") == std::string::npos);
  BS_ASSERT(normal.find_first_of("\n\t\r") == std::string::npos);
  if (bytes.size() <= backstop::limits::kNoticeTextBytes && backstop::mail::is_utf8(bytes)) {
    BS_ASSERT(backstop::mail::is_utf8(normal));
    BS_ASSERT(reading::render_normal_line(line) == line);
  }
  for (unsigned place = 0; place < reading::kWhereCount; ++place) {
    const auto where = static_cast<reading::Where>(place);
    reading::PhraseHits hits;
    reading::find_phrases(normal, where, hits);
    BS_ASSERT(hits.all().size() <= backstop::limits::kPhraseHits);
    for (const reading::PhraseHit& hit : hits.all()) {
      BS_ASSERT(hit.phrase->where == where);
      BS_ASSERT(normal.substr(hit.at, hit.phrase->literal.size()) == hit.phrase->literal);
    }
  }
  const std::string_view language = reading::guess_language(normal);
  BS_ASSERT(language.size() == 2 || language == "und");
  return 0;
}
