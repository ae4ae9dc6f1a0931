// How mail servers and people answer: the texts of bounces and other answers around an original.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/letter.h"
#include "sim/random.h"

namespace backstop::sim {

// "Sat, 21 Nov 2026 11:00:00 +0000".
std::string render_date(Instant at);
std::string render_fields(const Fields& fields);

// An original as it lies at the server that sends it back, with the trace of its way there on top.
struct Original {
  Fields header;
  std::string body;
  std::string recipient;  // Whom the answer names as failed or as its writer.
  std::string message_id;
  std::string envelope_id = {};  // As its server knows it; "" when it was not told.
};

// What becomes of the original in an answer.
enum class Shape {
  PostfixFull,
  PostfixHeaders,
  PostfixDelay,
  PostfixSuccess,
  Exim,
  Sendmail,
  Qmail,
  Base64,      // The returned part is encoded, against RFC 2046 §5.2.1.
  CutHeader,   // The returned header ends early.
  Exchange,    // The header is built anew: no Received, no token.
  NothingBut,  // Nothing comes back.
  ReadReceipt,
  AutoReply,
  TicketAck,
};
inline constexpr std::size_t kShapeCount = static_cast<std::size_t>(Shape::TicketAck) + 1;

struct ShapeFacts {
  std::string_view kind;
  bool returns_header = false;  // With whatever stood at its top.
  bool returns_enough = false;
  bool names_message_id = false;
  bool has_status = false;  // A part that can name the ENVID.
};
ShapeFacts facts_of(Shape shape);

// The answer's own header and body; its sender is null.
void write_answer(Letter& letter, Shape shape, const Original& original, Instant now,
                  Random& random);

}  // namespace backstop::sim
