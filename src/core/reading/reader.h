// Reads one message into a Reading, resumably: fed as a milter hands it over, or as bytes.
//
// Holds only what a Reading keeps and the text still undecided (limits::kExaminedTextBytes bounds
// what is looked at, line by line; no body is kept).  Not thread-safe; one reader per message.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "core/reading/header_signs.h"
#include "core/reading/phrases.h"
#include "core/reading/reading.h"

namespace backstop::reading {

struct ReadOutcome {
  Reading reading;
  bool body_read = false;  // False when its header alone said what it is.
  HeaderSigns signs;
  PhraseHits words;
};

class Reader {
 public:
  Reader();
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) = delete;

  // "" or "<>" for the null sender; not called when the envelope is not known (a file).
  void set_envelope_sender(std::string_view path);

  // Raw bytes of the message in chunks of any size:
  void feed(std::string_view bytes);
  // or the outermost header field by field, then the body through feed():
  void feed_field(std::string_view name, std::string_view raw);
  void end_header();

  // True once nothing in the rest of the message can change the Reading but its defects (so that a
  // milter may answer SKIP).
  bool settled() const;

  // True when the header has ended and asked for the body; of any other message nothing behind the
  // header is looked at, whatever is fed.
  bool follows_body() const;

  // REQUIRES: called once, and nothing afterwards but signs() and words().
  Reading finish();

  // What spoke for it, once it is finished: for who asks why.
  HeaderSigns signs() const;
  const PhraseHits& words() const;

 private:
  friend ReadOutcome read_message(std::string_view, std::optional<std::string_view>);
  static ReadOutcome read(std::string_view bytes, std::optional<std::string_view> envelope_sender);

  struct State;
  std::unique_ptr<State> state_;
};

// A whole message at once.  `envelope_sender` as of Reader::set_envelope_sender, nothing when it is
// not known.  Most mail costs as much as its header: its body is not even looked for line ends.
ReadOutcome read_message(std::string_view bytes, std::optional<std::string_view> envelope_sender);
Reading read_message(std::string_view bytes);

}  // namespace backstop::reading
