// Any bytes as a key file, a ring file and an export: what is read is written the same again, and
// no error repeats a long piece of the input.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/proof/key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  if (auto record = proof::parse_key_file(text, "key")) {
    const proof::Key key(record->info, std::move(record->secret));
    const crypto::Secret written = proof::render_key_file(key);
    const std::string copy(written.bytes().begin(), written.bytes().end());
    const auto again = proof::parse_key_file(copy, "key");
    BS_ASSERT(again.has_value() && again->info.id == key.info().id);
  } else {
    BS_ASSERT(!record.error().detail.empty() && record.error().text().size() < 300);
  }
  (void)proof::parse_ring_file(text, "ring");

  auto records = proof::parse_ring_export(text, "export");
  if (!records) return 0;
  const auto assembled = proof::assemble_ring(*std::move(records));
  if (!assembled) return 0;
  const crypto::Secret written = proof::render_ring_export(assembled->ring);
  const std::string copy(written.bytes().begin(), written.bytes().end());
  BS_ASSERT(proof::parse_ring_export(copy, "export").has_value());
  return 0;
}
