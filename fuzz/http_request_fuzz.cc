// Any bytes give the same answer however they are cut, whole and bounded, and at most one of them.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/http_limits.h"
#include "edge/http/page_conversation.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string talk(const std::vector<std::string_view>& pieces) {
  const backstop::http::Page page{
      .path = "/metrics", .type = "text/plain", .render = [] { return std::string("page"); }};
  backstop::http::PageConversation conversation(page);
  std::string out;
  std::size_t came = 0;
  for (const std::string_view piece : pieces) {
    conversation.on_bytes(piece, out);
    came += piece.size();
    require(conversation.over() || came < backstop::limits::kHttpHeadBytes);
  }
  require(conversation.over() == !out.empty());
  require(out.empty() || (out.starts_with("HTTP/1.1 ") && out.size() < 1024));
  conversation.on_end();
  require(conversation.over());
  return out + std::string(conversation.complaint());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = size == 0 ? 0 : data[size - 1] % size;
  require(talk({bytes.substr(0, cut), bytes.substr(cut)}) == talk({bytes}));
  return 0;
}
