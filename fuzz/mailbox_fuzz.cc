// Any bytes as a file that may hold mail: what it is, its messages, what it is packed in.  However
// it is cut into reads, the same comes out.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "edge/mailbox/message_place.h"
#include "edge/mailbox/reading_state.h"

namespace {

using namespace backstop;

class Memory final : public mailbox::ByteStream {
 public:
  Memory(std::string_view bytes, bool seekable) : bytes_(bytes), seekable_(seekable) {}

  std::size_t read(char* into, std::size_t bytes) override {
    const std::size_t got = std::min(bytes, bytes_.size() - at_);
    std::memcpy(into, bytes_.data() + at_, got);
    at_ += got;
    return got;
  }
  std::uint64_t size() const override { return seekable_ ? bytes_.size() : 0; }
  bool seek(std::uint64_t place) override {
    if (!seekable_ || place > bytes_.size()) return false;
    at_ = static_cast<std::size_t>(place);
    return true;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool seekable_;
};

struct Got {
  std::vector<std::pair<std::string, std::string>> messages;
  std::size_t unreadable = 0;
};

void take(mailbox::BatchBuilder& builder, Got& got) {
  while (builder.has_closed()) {
    const mailbox::Batch batch = builder.take();
    got.unreadable += batch.unreadable.size();
    for (const mailbox::BatchMessage& message : batch.messages) {
      BS_ASSERT(message.source < batch.sources.size());
      BS_ASSERT(message.bytes.size() <= limits::kMailboxMessageBytes);
      got.messages.emplace_back(mailbox::place_of(batch, message).source,
                                std::string(message.bytes));
    }
  }
}

Got read(std::string_view bytes, mailbox::Met met, bool seekable) {
  Got got;
  mailbox::ReadingState state;
  mailbox::read_opened(state, {.stream = std::make_unique<Memory>(bytes, seekable),
                               .source = "file",
                               .path = "file",
                               .met = met});
  while (!state.is_done()) {
    state.step();
    if (state.builder.is_full()) state.builder.close();
    take(state.builder, got);
  }
  state.builder.finish();
  take(state.builder, got);
  return got;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Got named = read(bytes, mailbox::Met::Named, false);
  const bool zip = bytes.starts_with("PK");
  if (!zip) {
    // A zip that is read from its directory may hold less than one that is read as it comes.
    const Got again = read(bytes, mailbox::Met::Named, true);
    BS_ASSERT(again.messages == named.messages && again.unreadable == named.unreadable);
  }
  BS_ASSERT(!named.messages.empty() || named.unreadable > 0 || size > 0);
  read(bytes, mailbox::Met::Tree, true);
  BS_ASSERT(read(bytes, mailbox::Met::Maildir, true).messages.size() <= size + 1);
  return 0;
}
