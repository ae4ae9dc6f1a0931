// Any bytes as OpenDKIM's configuration and tables: every key has its parts.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "edge/mta/opendkim_tables.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto settings = mta::parse_opendkim_settings(text);
  BS_ASSERT(settings.key_table.empty() || settings.key_table.starts_with('/'));
  const auto signing = mta::parse_signing_table(text);
  for (const mta::OpendkimKey& key : mta::parse_key_table(text)) {
    BS_ASSERT(!key.domain.empty() && !key.selector.empty() && !key.key.empty());
    (void)mta::signs_for(signing, key.name, key.domain);
  }
  return 0;
}
