// Any bytes as the files of rules and of senders: what is read is written and read again the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/watch/rule.h"
#include "core/watch/sender_book.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto rules = watch::RuleBook::parse(text)) {
    const auto again = watch::RuleBook::parse(rules->render());
    BS_ASSERT(again.has_value() && *again == *rules);
    for (const watch::Rule& rule : rules->rules())
      BS_ASSERT(watch::validate(rule).has_value());
  }
  if (const auto senders = watch::SenderBook::parse(text)) {
    const auto again = watch::SenderBook::parse(senders->render());
    BS_ASSERT(again.has_value() && *again == *senders);
  }
  return 0;
}
