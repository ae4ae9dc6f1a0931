// Any bytes as a key file, and the key that comes of it with any signature.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/assert.h"
#include "core/proof/dkim_key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::span bytes(data, size);
  for (const auto& key : {proof::parse_dkim_key_file(text), proof::parse_dkim_record(text),
                          crypto::PublicKey::from_der(bytes)}) {
    if (!key) continue;
    BS_ASSERT(key->bits() <= crypto::kRsaBitsMost);
    BS_ASSERT(!key->verify(crypto::sha256("nobody signed this"), bytes));
  }
  return 0;
}
