// Any bytes behind a head give the same fields and body however they are cut; any bytes are a head
// or a complaint.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "edge/mta/rspamc_request.h"

namespace {

using namespace backstop::mta;

void require(bool holds) {
  if (!holds) std::abort();
}

class Told final : public MessageSink {
 public:
  void on_field(std::string_view name, std::string_view raw) override {
    require(!header_ended_);
    text += "F" + std::string(name) + "\x01" + std::string(raw) + "\x02";
  }
  void on_header_end() override {
    require(!header_ended_);
    header_ended_ = true;
  }
  void on_body(std::string_view bytes) override {
    require(header_ended_);
    text += bytes;
  }
  std::string text;

 private:
  bool header_ended_ = false;
};

std::string read(const std::vector<std::string_view>& pieces) {
  RspamcHeadReader reader;
  bool has_head = false;
  std::string out;
  Told told;
  RspamcMessage message(told);
  for (std::string_view piece : pieces) {
    if (!has_head) {
      const auto head = reader.next(piece);
      if (!head) continue;
      has_head = true;
      require(head->recipients.size() <= backstop::limits::kTransactionRecipients);
      out = head->sender + head->client + std::to_string(head->content_length);
    }
    if (!piece.empty()) message.feed(piece);
  }
  if (has_head) message.finish();
  return out + std::string(reader.complaint()) + told.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = size == 0 ? 0 : data[size - 1] % size;
  require(read({bytes.substr(0, cut), bytes.substr(cut)}) == read({bytes}));
  return 0;
}
