// Any bytes are replies or an error, the same however they are cut.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "edge/smtp/reply.h"

namespace {

std::string read(std::string_view bytes, std::size_t piece_bytes) {
  backstop::smtp::ReplyReader reader;
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) {
    for (std::string_view piece = bytes.substr(at, piece_bytes); !piece.empty();) {
      const auto reply = reader.next(piece);
      if (!reply) return out + "error";
      if (!*reply) continue;
      if ((*reply)->code < 200 || (*reply)->code > 599) std::abort();
      if ((*reply)->lines.size() > backstop::limits::kSmtpReplyLines) std::abort();
      for (const std::string& line : (*reply)->lines)
        out += line + "\n";
      out += (*reply)->text() + "\n";
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = read(bytes, size + 1);
  if (read(bytes, 1) != whole || read(bytes, 7) != whole) std::abort();
  return 0;
}
