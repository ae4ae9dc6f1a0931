// Any bytes as the file of exemptions: what is read is written and read again the same, and
// learning goes on from it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/proof/tag_exemption.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto read = proof::TagExemptions::parse(text);
  const std::string written = read.render();
  unsigned unreadable = 0;
  BS_ASSERT(proof::TagExemptions::parse(written, &unreadable).render() == written);
  BS_ASSERT(unreadable == 0);
  (void)proof::blames_sender("", text);
  read.add({Instant{Days{20778}}, "lists.test", "anna@example.com"});
  read.expire(Instant{Days{30000}});
  return 0;
}
