// The texts of made-up mail: how mail servers and people write, with places to be filled in.
//
// A text is a file of texts/: options first ("kind = bounce"), then the message as it is sent, with
// {place} where something goes that differs.  Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/reading/reading.h"
#include "core/scenario/scenario.h"

namespace backstop::scenario {

enum class Place : std::uint8_t {
  Mta,           // {mta}: the server that writes.
  MtaDomain,     // {mta-domain}
  To,            // {to}: an address of ours.
  Victim,        // {victim}: whom the original went to.
  VictimLocal,   // {victim-local}
  VictimDomain,  // {victim-domain}
  Date,          // {date}: of this message.
  OriginalDate,  // {original-date}
  RetryDate,     // {retry-date}: five days after the original.
  Id,            // {id}: like no other.
  OriginalId,    // {original-id}: its Message-ID without brackets.
  Queue,         // {queue}: a queue id.
  Ticket,        // {ticket}: a number.
  Boundary,      // {b}
  Subject,       // {subject}: the original's.
  Status,        // {status}: "5.1.1".
  Diagnostic,    // {diagnostic}: an SMTP reply.
  Remote,        // {remote}: another host.
  Ip,            // {ip}
  Person,        // {person}: a name.
  Host,          // {host}: of links and Message-IDs.
  Part,          // {part}: what is returned, as a part with its boundary; perhaps nothing.
  Inline,        // {inline}: what is returned, as it is.
  Filler,        // {filler}: an attached picture.
};
inline constexpr std::size_t kPlaces = static_cast<std::size_t>(Place::Filler) + 1;
using Places = std::array<std::string_view, kPlaces>;

// Who sends an answer, on the envelope.
enum class AnswerSender : std::uint8_t { Null, Person, List };

class Text {
 public:
  enum class Use : std::uint8_t { Answer, Spam, Letter, Newsletter, Ordinary };

  // REQUIRES: a text as described above: a wrong one is a bug of ours.
  Text(std::string_view name, std::string_view text);

  std::string_view name() const { return name_; }
  Use use() const { return use_; }
  reading::Kind kind() const { return kind_; }  // Of an answer.
  const std::string& language() const { return language_; }
  double weight() const { return weight_; }
  AnswerSender sender() const { return sender_; }
  // Whether it can return so much; a text that cannot return anything returns little.
  bool can_return(Returns returns) const { return returns_[static_cast<std::size_t>(returns)]; }

  // Appends the message; lines end in CRLF.
  void render(const Places& places, std::string& to) const;

 private:
  // A literal, and the place behind it.
  struct Piece {
    std::string literal;
    std::size_t place = kPlaces;  // None at the end.
  };
  void read_option(std::string_view name, std::string_view value);
  void read_body(std::string_view text);

  std::string_view name_;
  Use use_ = Use::Answer;
  reading::Kind kind_ = reading::Kind::Ordinary;
  std::string language_ = "en";
  double weight_ = 1;
  AnswerSender sender_ = AnswerSender::Null;
  std::array<bool, kReturns> returns_{};
  std::vector<Piece> pieces_;
};

// All there are, in order of their names.
const std::vector<Text>& texts();
// One for that use, more often the heavier.  REQUIRES: there is one.
const Text& pick_text(Text::Use use, double unit);
// An answer of that kind, in that language where there is one, else in English, that returns so
// much where it can.  REQUIRES: `kind` is one that texts have.
const Text& pick_answer(reading::Kind kind, std::string_view language, Returns returns,
                        double unit);
// Whether there is a text of that kind.
bool has_answer(reading::Kind kind);

}  // namespace backstop::scenario
