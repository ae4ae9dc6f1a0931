// Any bytes as a path: what is accepted survives its own text and its own canonical form.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/mail/address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using backstop::mail::Address;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  const std::string domain = backstop::mail::canonical_domain(text);
  BS_ASSERT(backstop::mail::canonical_domain(domain) == domain);

  const auto address = backstop::mail::parse_path(text);
  if (!address) {
    BS_ASSERT(!address.error().detail.empty());
    return 0;
  }
  if (address->text().size() <= 1024) {
    const auto again = backstop::mail::parse_path(address->text());
    BS_ASSERT(again.has_value() && *again == *address);
  }
  const std::string once = backstop::mail::canonical(*address);
  BS_ASSERT(once.empty() == address->is_null());
  if (!once.empty()) {
    const std::size_t at = once.rfind('@');
    BS_ASSERT(at != std::string::npos);
    BS_ASSERT(backstop::mail::canonical(Address{once.substr(0, at), once.substr(at + 1)}) == once);
  }
  return 0;
}
