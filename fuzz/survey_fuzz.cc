// The head of a message as a survey finds it, and a table of what messages are known to be.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/survey/message_head.h"
#include "core/survey/truth.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const survey::MessageHead head = survey::find_head(text);
  BS_ASSERT(head.bytes <= text.size());
  for (const std::string_view value :
       {head.received, head.date, head.from, head.to, head.subject}) {
    if (value.empty()) continue;
    BS_ASSERT(value.data() >= text.data() &&
              value.data() + value.size() <= text.data() + head.bytes);
  }
  survey::find_time(head, text.substr(0, text.find('\n')));

  const auto truth = survey::Truth::parse(text, "table", "folder/");
  if (!truth) return 0;
  for (const std::string& path : truth->paths())
    BS_ASSERT(truth->find(path) != nullptr);
  return 0;
}
