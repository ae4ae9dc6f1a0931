// Any line is a request or an error; an address that came out stood in the line.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "edge/mta/line_request.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop::mta;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto request = parse_line_request(line);
  if (!request) return 0;
  if (const auto* verify = std::get_if<VerifyTag>(&*request))
    require(line.find(verify->address) != std::string_view::npos);
  if (const auto* sign = std::get_if<SignTag>(&*request)) {
    require(line.find(sign->address) != std::string_view::npos);
    require(sign->recipient_domain.find(' ') == std::string::npos);
  }
  if (const auto* token = std::get_if<MakeToken>(&*request)) require(token->header.size() < size);
  return 0;
}
