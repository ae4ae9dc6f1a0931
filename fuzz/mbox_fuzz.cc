// The splitter of mboxes: however it is fed, the same messages at the same places, and every byte
// it hands out stands in the file where it says.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/assert.h"
#include "edge/mailbox/mbox.h"

namespace {

using namespace backstop;

struct Message {
  std::uint64_t offset = 0;
  std::string bytes;
};

class Collected final : public mailbox::MessageSink {
 public:
  void on_message(const mailbox::MessagePlace& place) override {
    messages.push_back({.offset = place.offset.value(), .bytes = ""});
  }
  void on_bytes(std::string_view bytes) override { messages.back().bytes += bytes; }
  void on_message_end() override {}
  void on_unreadable(const Error&) override {}

  std::vector<Message> messages;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Collected whole;
  mailbox::MboxSplitter at_once("box", whole);
  at_once.feed(bytes);
  at_once.finish();
  Collected single;
  mailbox::MboxSplitter by_byte("box", single);
  for (const char& c : bytes)
    by_byte.feed({&c, 1});
  by_byte.finish();
  BS_ASSERT(whole.messages.size() == single.messages.size());
  for (std::size_t i = 0; i < whole.messages.size(); ++i) {
    const Message& message = whole.messages[i];
    BS_ASSERT(message.offset + message.bytes.size() <= size);
    BS_ASSERT(bytes.substr(message.offset, message.bytes.size()) == message.bytes);
    BS_ASSERT(message.bytes == single.messages[i].bytes);
  }
  return 0;
}
