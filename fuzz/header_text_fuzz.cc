// Any bytes as a header field: every function is total, bounded, and gives valid UTF-8 where it
// says so.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "core/mail/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace mail = backstop::mail;
  namespace limits = backstop::limits;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view raw(reinterpret_cast<const char*>(data), size);

  BS_ASSERT(mail::unfold(raw).size() <= raw.size());

  const std::string text = mail::decode_text(raw);
  BS_ASSERT(text.size() <= limits::kDecodedFieldBytes && mail::is_utf8(text));

  const mail::StructuredValue value = mail::parse_structured(raw);
  BS_ASSERT(value.parameters.size() <= limits::kParametersPerField);
  for (const auto& [name, parameter] : value.parameters) {
    BS_ASSERT(!name.empty() && parameter.size() <= limits::kDecodedFieldBytes);
    BS_ASSERT(mail::is_utf8(parameter));
  }

  BS_ASSERT(mail::parse_address_list(raw, 7).size() <= 7);
  for (const mail::Address& address : mail::parse_address_list(raw)) {
    BS_ASSERT(!address.local.empty());
    BS_ASSERT(mail::is_utf8(address.local) && mail::is_utf8(address.domain));
  }

  for (const std::string& id : mail::parse_message_ids(raw))
    BS_ASSERT(!id.empty());

  if (const auto date = mail::parse_date(raw)) {
    BS_ASSERT(date->time_since_epoch().count() >= 0);
    BS_ASSERT(backstop::render_instant(*date).size() == 20);
  }
  mail::parse_received(raw);

  // The first line names the charset of the others.
  const std::size_t line = raw.find('\n');
  if (line != raw.npos) {
    const std::string_view bytes = raw.substr(line + 1);
    const std::string decoded = mail::decode_charset(bytes, raw.substr(0, line));
    BS_ASSERT(mail::is_utf8(decoded));
  }
  return 0;
}
