// The bytes of the milter protocol, versions 2 to 6, as an MTA sends them: framing and payloads.
// What we send is in reply.h, what it means in session.h.
//
// Pure.  Total: any bytes are either packets or one named Defect.  Nothing is copied but a packet
// that arrives in pieces; the content of BODY packets is handed on piece by piece, so that a
// connection never holds a body chunk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace backstop::milter {

// SMFIC_*, as libmilter's mfdef.h names them.
enum class Command : char {
  Abort = 'A',
  Body = 'B',
  Connect = 'C',
  Macro = 'D',
  EndOfMessage = 'E',
  Helo = 'H',
  QuitNewConnection = 'K',
  Header = 'L',
  Mail = 'M',
  EndOfHeaders = 'N',
  Negotiate = 'O',
  Quit = 'Q',
  Recipient = 'R',
  Data = 'T',
  Unknown = 'U',
};

// SMFIF_*: what a filter may do to a message.
namespace action {
inline constexpr std::uint32_t kAddFields = 0x1;  // ADDHEADER and INSHEADER.
inline constexpr std::uint32_t kChangeFields = 0x10;
inline constexpr std::uint32_t kQuarantine = 0x20;
inline constexpr std::uint32_t kChangeSender = 0x40;
inline constexpr std::uint32_t kSetMacroLists = 0x100;
}  // namespace action

// SMFIP_*: what the MTA need not send (kNo…) and what we will not reply to (kNoReply…).
namespace step {
inline constexpr std::uint32_t kNoConnect = 0x1;
inline constexpr std::uint32_t kNoHelo = 0x2;
inline constexpr std::uint32_t kNoMail = 0x4;
inline constexpr std::uint32_t kNoRecipient = 0x8;
inline constexpr std::uint32_t kNoBody = 0x10;
inline constexpr std::uint32_t kNoHeaders = 0x20;
inline constexpr std::uint32_t kNoEndOfHeaders = 0x40;
inline constexpr std::uint32_t kNoReplyHeader = 0x80;
inline constexpr std::uint32_t kNoUnknown = 0x100;
inline constexpr std::uint32_t kNoData = 0x200;
inline constexpr std::uint32_t kSkip = 0x400;
inline constexpr std::uint32_t kRejectedRecipients = 0x800;
inline constexpr std::uint32_t kNoReplyConnect = 0x1000;
inline constexpr std::uint32_t kNoReplyHelo = 0x2000;
inline constexpr std::uint32_t kNoReplyMail = 0x4000;
inline constexpr std::uint32_t kNoReplyRecipient = 0x8000;
inline constexpr std::uint32_t kNoReplyData = 0x10000;
inline constexpr std::uint32_t kNoReplyUnknown = 0x20000;
inline constexpr std::uint32_t kNoReplyEndOfHeaders = 0x40000;
inline constexpr std::uint32_t kNoReplyBody = 0x80000;
inline constexpr std::uint32_t kLeadingSpace = 0x100000;
}  // namespace step

// Why a peer is dropped.
enum class Defect : std::uint8_t {
  EmptyPacket,
  Oversized,
  UnknownCommand,
  MalformedNegotiation,
  OldVersion,
  MalformedMacro,
  MalformedConnect,
  MalformedEnvelope,
  MalformedHeader,
  OutOfOrder,
  QueueFull,
  ClosedWithinPacket,
  NegotiationTimeout,
  IdleTimeout,
};
// What happened, as the end of a sentence that begins with the peer.
std::string_view sentence_of(Defect defect);

template <class T>
using Parsed = tl::expected<T, Defect>;

struct Packet {
  Command command = Command::Quit;
  std::string_view payload;
  // False for a piece of a BODY or end-of-message packet of which more follows.
  bool whole = true;
};

class PacketReader {
 public:
  // Takes the next packet, or the next piece of a body, off the front of `input`.  Nothing when
  // input is used up (what is undecided is kept) or when there is a defect.  The payload is valid
  // until the next call and no longer than `input`.
  std::optional<Packet> next(std::string_view& input);

  // Once there is one, nothing more comes out.
  std::optional<Defect> defect() const { return defect_; }
  // Some bytes of a packet have come, and not all.
  bool within_packet() const { return (!held_.empty() && !delivered_) || body_left_ > 0; }

 private:
  std::optional<Packet> next_body_piece(std::string_view& input);
  bool hold(std::string_view& input, std::size_t bytes_wanted);

  std::string held_;        // A packet that has come in part, from its first byte.
  bool delivered_ = false;  // What is in held_ was the last packet given.
  std::uint32_t body_left_ = 0;
  Command body_command_ = Command::Body;
  std::optional<Defect> defect_;
};

// Payloads.  Views are into the payload.

struct Negotiation {
  std::uint32_t version = 0;
  std::uint32_t actions = 0;
  std::uint32_t steps = 0;
};
// Bytes after the three numbers are passed over.
Parsed<Negotiation> parse_negotiation(std::string_view payload);

enum class Family : char { Unknown = 'U', Unix = 'L', Inet = '4', Inet6 = '6' };
struct Connect {
  std::string_view host;
  Family family = Family::Unknown;
  std::string_view address;  // "" for Family::Unknown; a path for Family::Unix.
};
Parsed<Connect> parse_connect(std::string_view payload);

// Macros belong to the command that follows them.
struct Macros {
  char command = 0;        // As sent: may be a command we know nothing of.
  std::string_view pairs;  // For take_macro.
};
Parsed<Macros> parse_macros(std::string_view payload);
// Name, without braces, and value of the next macro; nothing at the end.  REQUIRES: `pairs` comes
// from parse_macros.
std::optional<std::pair<std::string_view, std::string_view>> take_macro(std::string_view& pairs);

// The path of MAIL or RCPT as it stands, and its ESMTP arguments, each ended by a NUL.  A payload
// of nothing at all is the empty path.
struct Envelope {
  std::string_view path;
  std::string_view arguments;
};
Parsed<Envelope> parse_envelope(std::string_view payload);
// The value of the first argument of that name, in any case; "" when there is none.
std::string_view find_argument(std::string_view arguments, std::string_view name);

struct Field {
  std::string_view name;
  std::string_view value;
};
Parsed<Field> parse_field(std::string_view payload);

}  // namespace backstop::milter
