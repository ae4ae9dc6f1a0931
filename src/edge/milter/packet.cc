#include "edge/milter/packet.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::milter {
namespace {

// Length (of command and payload) and command.
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kFrameBytes = kLengthBytes + 1;
// A buffer that grew for one large packet is given back after it.
constexpr std::size_t kKeptCapacityBytes = 512;

std::uint32_t read_number(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = (number << 8) | static_cast<unsigned char>(bytes[i]);
  }
  return number;
}

bool is_command(char c) {
  return std::string_view("ABCDEHKLMNOQRTU").find(c) != std::string_view::npos;
}

// A string up to its NUL, taken off the front.
std::optional<std::string_view> take_string(std::string_view& payload) {
  const auto end = payload.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = payload.substr(0, end);
  payload.remove_prefix(end + 1);
  return text;
}

}  // namespace

std::string_view sentence_of(Defect defect) {
  switch (defect) {
    case Defect::EmptyPacket:
      return "sent a packet without a command";
    case Defect::Oversized:
      return "announced a packet over the limit; this is no milter client";
    case Defect::UnknownCommand:
      return "sent a command the protocol does not have";
    case Defect::MalformedNegotiation:
      return "sent a negotiation that is cut short";
    case Defect::OldVersion:
      return "speaks a protocol version before 2";
    case Defect::MalformedMacro:
      return "sent a macro list that is cut short";
    case Defect::MalformedConnect:
      return "sent a client connection that cannot be read";
    case Defect::MalformedEnvelope:
      return "sent an envelope address that is cut short";
    case Defect::MalformedHeader:
      return "sent a header field that is cut short";
    case Defect::OutOfOrder:
      return "sent a command out of order";
    case Defect::QueueFull:
      return "sent too much while an answer was awaited";
    case Defect::ClosedWithinPacket:
      return "closed the connection within a packet";
    case Defect::NegotiationTimeout:
      return "sent nothing that begins a milter session";
    case Defect::IdleTimeout:
      return "was silent for too long";
  }
  return "broke the protocol";
}

namespace {

// What is wrong with a packet of `length` bytes, its command among them.
std::optional<Defect> find_defect(std::uint32_t length) {
  if (length == 0) return Defect::EmptyPacket;
  if (length > limits::kMilterPacketBytes) return Defect::Oversized;
  return std::nullopt;
}

}  // namespace

bool PacketReader::hold(std::string_view& input, std::size_t bytes_wanted) {
  if (held_.size() < bytes_wanted) {
    const std::size_t taken = std::min(bytes_wanted - held_.size(), input.size());
    held_.append(input.substr(0, taken));
    input.remove_prefix(taken);
  }
  return held_.size() >= bytes_wanted;
}

std::optional<Packet> PacketReader::next_body_piece(std::string_view& input) {
  const std::size_t taken = std::min<std::size_t>(body_left_, input.size());
  if (taken == 0 && body_left_ > 0) return std::nullopt;
  const std::string_view piece = input.substr(0, taken);
  input.remove_prefix(taken);
  body_left_ -= static_cast<std::uint32_t>(taken);
  return Packet{.command = body_command_, .payload = piece, .whole = body_left_ == 0};
}

std::optional<Packet> PacketReader::next(std::string_view& input) {
  if (delivered_) {
    delivered_ = false;
    held_.clear();
    if (held_.capacity() > kKeptCapacityBytes) held_.shrink_to_fit();
  }
  if (defect_) return std::nullopt;
  if (body_left_ > 0) return next_body_piece(input);

  const bool whole_frame_in_input = held_.empty() && input.size() >= kFrameBytes;
  if (!whole_frame_in_input && !hold(input, kFrameBytes)) {
    // A wrong length is told from itself: nothing need follow it.
    if (held_.size() >= kLengthBytes) defect_ = find_defect(read_number(held_));
    return std::nullopt;
  }
  const std::string_view frame = whole_frame_in_input ? input : std::string_view(held_);
  const std::uint32_t length = read_number(frame);
  defect_ = find_defect(length);
  if (!defect_ && !is_command(frame[kLengthBytes])) {
    defect_ = Defect::UnknownCommand;
  }
  if (defect_) return std::nullopt;

  const Command command{frame[kLengthBytes]};
  if (command == Command::Body || command == Command::EndOfMessage) {
    if (whole_frame_in_input) {
      input.remove_prefix(kFrameBytes);
    } else {
      held_.clear();
    }
    body_command_ = command;
    body_left_ = length - 1;
    return next_body_piece(input);
  }
  const std::size_t packet_bytes = kLengthBytes + length;
  if (whole_frame_in_input && input.size() >= packet_bytes) {
    const std::string_view payload = input.substr(kFrameBytes, length - 1);
    input.remove_prefix(packet_bytes);
    return Packet{.command = command, .payload = payload, .whole = true};
  }
  if (!hold(input, packet_bytes)) return std::nullopt;
  delivered_ = true;
  return Packet{
      .command = command, .payload = std::string_view(held_).substr(kFrameBytes), .whole = true};
}

Parsed<Negotiation> parse_negotiation(std::string_view payload) {
  if (payload.size() < 12) return tl::unexpected(Defect::MalformedNegotiation);
  return Negotiation{.version = read_number(payload),
                     .actions = read_number(payload.substr(4)),
                     .steps = read_number(payload.substr(8))};
}

Parsed<Connect> parse_connect(std::string_view payload) {
  Connect connect;
  const auto host = take_string(payload);
  if (!host || payload.empty()) return tl::unexpected(Defect::MalformedConnect);
  connect.host = *host;
  connect.family = Family{payload.front()};
  payload.remove_prefix(1);
  switch (connect.family) {
    case Family::Unknown:
      return connect;
    case Family::Unix:
    case Family::Inet:
    case Family::Inet6: {
      if (payload.size() < 2) return tl::unexpected(Defect::MalformedConnect);
      payload.remove_prefix(2);  // The client's port.
      const auto address = take_string(payload);
      if (!address) return tl::unexpected(Defect::MalformedConnect);
      connect.address = *address;
      return connect;
    }
  }
  return tl::unexpected(Defect::MalformedConnect);
}

Parsed<Macros> parse_macros(std::string_view payload) {
  if (payload.empty()) return tl::unexpected(Defect::MalformedMacro);
  const Macros macros{.command = payload.front(), .pairs = payload.substr(1)};
  if (!macros.pairs.empty() && macros.pairs.back() != '\0') {
    return tl::unexpected(Defect::MalformedMacro);
  }
  if (std::ranges::count(macros.pairs, '\0') % 2 != 0) {
    return tl::unexpected(Defect::MalformedMacro);
  }
  return macros;
}

std::optional<std::pair<std::string_view, std::string_view>> take_macro(std::string_view& pairs) {
  const auto name = take_string(pairs);
  if (!name) return std::nullopt;
  const auto value = take_string(pairs);
  if (!value) return std::nullopt;
  std::string_view bare = *name;
  if (bare.size() >= 2 && bare.front() == '{' && bare.back() == '}') {
    bare = bare.substr(1, bare.size() - 2);
  }
  return std::pair{bare, *value};
}

Parsed<Envelope> parse_envelope(std::string_view payload) {
  if (payload.empty()) return Envelope{};
  const auto path = take_string(payload);
  if (!path) return tl::unexpected(Defect::MalformedEnvelope);
  return Envelope{.path = *path, .arguments = payload};
}

std::string_view find_argument(std::string_view arguments, std::string_view name) {
  while (const auto argument = take_string(arguments)) {
    const auto equals = argument->find('=');
    if (equals != std::string_view::npos && ascii::equals_folded(argument->substr(0, equals), name))
      return argument->substr(equals + 1);
  }
  return {};
}

Parsed<Field> parse_field(std::string_view payload) {
  const auto name = take_string(payload);
  if (!name || payload.empty() || payload.back() != '\0') {
    return tl::unexpected(Defect::MalformedHeader);
  }
  // A value may hold further NULs where the message did; only the last ends it.
  return Field{.name = *name, .value = payload.substr(0, payload.size() - 1)};
}

}  // namespace backstop::milter
