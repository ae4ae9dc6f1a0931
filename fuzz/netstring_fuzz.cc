// Any bytes give the same netstrings however they are cut, none over the limit, and what is written
// is read again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "edge/mta/netstring.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> read(const std::vector<std::string_view>& pieces) {
  backstop::mta::NetstringReader reader;
  std::vector<std::string> out;
  for (std::string_view piece : pieces) {
    while (const auto text = reader.next(piece)) {
      require(text->size() <= backstop::limits::kMapRequestBytes);
      out.emplace_back(*text);
    }
    require(piece.empty() || !reader.complaint().empty());
  }
  out.emplace_back(reader.complaint());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read({bytes});
  const std::size_t cut = size == 0 ? 0 : data[size - 1] % size;
  require(read({bytes.substr(0, cut), bytes.substr(cut)}) == whole);
  std::string again;
  for (std::size_t i = 0; i + 1 < whole.size(); ++i)
    backstop::mta::append_netstring(again, whole[i]);
  require(std::string_view(bytes).starts_with(again));
  return 0;
}
