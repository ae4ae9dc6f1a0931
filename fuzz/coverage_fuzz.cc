// Any bytes as the two files of coverage: what is read is written and read again the same, and is
// shown without surprises.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/coverage/advice.h"
#include "core/coverage/book.h"
#include "core/coverage/domain_view.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto words = coverage::parse_words(text)) {
    const std::string written = coverage::render_words(*words);
    const auto again = coverage::parse_words(written);
    BS_ASSERT(again.has_value() && coverage::render_words(*again) == written);
  }
  auto book = coverage::Book::parse(text);
  if (!book) return 0;
  for (const std::string& domain : book->damaged())
    book->on_loss(domain, Instant{});
  const std::string written = book->render();
  const auto again = coverage::Book::parse(written);
  BS_ASSERT(again.has_value() && *again == *book && again->render() == written);
  for (const auto& [domain, of_domain] : book->domains()) {
    const auto view = coverage::find_coverage(domain, &of_domain, nullptr, book->lost());
    for (const coverage::PathView& path : view.paths) {
      (void)coverage::say_path(path, domain);
      (void)coverage::say_evidence(path);
      (void)coverage::say_step(path, domain, coverage::MailServer::Postfix);
    }
  }
  return 0;
}
