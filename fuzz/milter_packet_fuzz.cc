// Any bytes are packets or a defect, the same however they are cut, and every payload parser is
// total on what comes out.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "edge/milter/macros.h"
#include "edge/milter/packet.h"

namespace {

using namespace backstop::milter;

void require(bool holds) {
  if (!holds) std::abort();
}

void parse_payload(const Packet& packet) {
  (void)parse_negotiation(packet.payload);
  (void)parse_connect(packet.payload);
  if (const auto envelope = parse_envelope(packet.payload))
    (void)find_argument(envelope->arguments, "ORCPT");
  (void)parse_field(packet.payload);
  if (const auto macros = parse_macros(packet.payload)) {
    MacroValues values;
    values.take(*macros);
    require(values.queue_id().size() <= backstop::limits::kMilterMacroBytes);
  }
}

// All packets as text, pieces of one body joined; ends with the defect's number.
std::string read_all(std::string_view bytes, std::size_t first_cut) {
  PacketReader reader;
  std::string seen;
  bool open = false;
  const std::string_view pieces[] = {bytes.substr(0, first_cut), bytes.substr(first_cut)};
  for (std::string_view piece : pieces) {
    while (const auto packet = reader.next(piece)) {
      require(packet->payload.size() < backstop::limits::kMilterPacketBytes);
      if (!open) seen += std::string("\n") + static_cast<char>(packet->command);
      seen += packet->payload;
      open = !packet->whole;
      if (packet->whole) parse_payload(*packet);
    }
    require(piece.empty() || reader.defect());
  }
  if (reader.defect()) seen += static_cast<char>(*reader.defect());
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = read_all(bytes, size);
  const std::size_t cut = size < 2 ? 0 : 1 + data[size - 1] % (size - 1);
  require(read_all(bytes, cut) == whole);
  return 0;
}
