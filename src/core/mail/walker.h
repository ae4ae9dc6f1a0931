// Walks a message in one pass, in chunks of any size, and tells a visitor what it meets: header
// fields, the MIME tree, the decoded content of the parts the visitor asked for, and the messages
// enclosed in message/rfc822 and the header blocks of text/rfc822-headers.
//
// Total: any bytes are a message.  The same bytes give the same calls (content chunks may be cut
// differently, their concatenation is the same), however they are split into feeds.
//
// A raw message whose first line ends in CR alone is read with CR as a line end, and its content
// has LF in its place; in any other message a CR that no LF follows is text.
//
// Memory: at most limits::kWalkerHeldBytes are held undecided per nested decoder; nothing of the
// body is kept.  Small until the first byte that must be held.
//
// Not thread-safe; one walker per message.  Follows RFC 5322, 2045, 2046, 6532, 6522 §3.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/mail/defects.h"

namespace backstop::mail {

// Number of a part within its message, in the order their header blocks begin; 0 is the message.
using PartId = std::uint32_t;

enum class PartRole : std::uint8_t {
  Message,   // The message itself.
  Child,     // A part of a multipart.
  Enclosed,  // The message inside a message/rfc822, message/global (or alike) part.
  Headers,   // The header block inside a text/rfc822-headers or message/global-headers part.
};

// A header field as it stands.  Views are valid during the call.
struct FieldView {
  std::string_view name;  // As received, without the colon and the white space before it.
  std::string_view
      raw;           // All after the colon, folds and line ends included, but the last line end.
  bool cut = false;  // True when it was longer than limits::kWalkerHeldBytes.
};

// Where a part stands, given when its header block begins.
struct PartPlace {
  PartId id = 0;
  PartId parent = 0;  // For id 0: 0.
  std::uint32_t depth = 0;
  PartRole role = PartRole::Message;
};

// What a part says it is, given when its header block has ended.  Defaults as RFC 2045 §5.2 and
// RFC 2046 §5.1.5 (message/rfc822 inside multipart/digest).  A Headers part has this too.
struct PartHead {
  PartPlace place;
  std::string type;                                             // Lower case: "text".
  std::string subtype;                                          // Lower case: "plain".
  std::vector<std::pair<std::string, std::string>> parameters;  // Name lower case; value decoded.
  std::string disposition;  // Lower case, without parameters; "" if none was given.
  bool multipart = false;   // Its children follow by themselves, whatever the visitor answers.

  bool is(std::string_view t, std::string_view s) const {
    return std::string_view(type) == t && std::string_view(subtype) == s;
  }
  // "" when there is none.  `name` in lower case.
  std::string_view parameter(std::string_view name) const;
};

enum class PartAction : std::uint8_t {
  Skip,    // Only passed over.
  Decode,  // on_content with the transfer decoding undone (not the charset); of a multipart what
           // stands before its first part, as it stands.
  Enter,   // message/* and text/rfc822-headers only: walk the message or header block inside.
           // For any other type the same as Decode.
  Stop,    // The rest of the message is not looked at: no call follows, not even on_part_end, and
           // defects() stays as it is.  Only from on_header_end of part 0.
};

class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void on_part(const PartPlace&) {}
  virtual void on_field(PartId, const FieldView&) {}
  virtual PartAction on_header_end(const PartHead&) { return PartAction::Skip; }
  virtual void on_content(PartId, std::string_view) {}
  // Its last byte was seen.  A part that was cut off (its parent or the input ended first) has
  // `whole` false.  Called for every part for which on_part was, children before parents.
  virtual void on_part_end(PartId, bool /*whole*/) {}
};

class Walker {
 public:
  // REQUIRES: the visitor outlives the walker.
  explicit Walker(Visitor& visitor);
  ~Walker();
  Walker(Walker&&) noexcept;
  Walker& operator=(Walker&&) = delete;

  // Either the raw message in chunks of any size:
  void feed(std::string_view bytes);

  // or, as a milter gets it, the fields of the outermost header block one by one, the end of that
  // block, and then the body with feed().  `raw` as in FieldView, with or without leading blank.
  void feed_field(std::string_view name, std::string_view raw);
  void end_header();

  // The message is complete.  REQUIRES: called once, and nothing afterwards.
  void finish();

  // Defects met so far, all parts together.
  const Defects& defects() const;
  // How many parts have begun.
  PartId parts_seen() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace backstop::mail
