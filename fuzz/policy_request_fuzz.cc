// Any bytes give the same requests however they are cut, and no field of one over the limit.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "edge/mta/policy_request.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> read(const std::vector<std::string_view>& pieces) {
  backstop::mta::PolicyReader reader;
  std::vector<std::string> out;
  for (std::string_view piece : pieces) {
    while (const auto one = reader.next(piece)) {
      for (const std::string* field : {&one->request, &one->protocol_state, &one->sender,
                                       &one->recipient, &one->client_address}) {
        require(field->size() <= backstop::limits::kPolicyLineBytes);
        require(field->find('\n') == std::string::npos);
        out.push_back(*field);
      }
    }
    require(piece.empty() || !reader.complaint().empty());
  }
  out.emplace_back(reader.complaint());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = size == 0 ? 0 : data[size - 1] % size;
  require(read({bytes.substr(0, cut), bytes.substr(cut)}) == read({bytes}));
  return 0;
}
