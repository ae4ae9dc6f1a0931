// Reads one message into a Reading, resumably: fed as a milter hands it over, or as bytes.
//
// Holds only what a Reading keeps and the text still undecided (limits::kExaminedTextBytes bounds
// what is looked at, line by line; no body is kept).  Not thread-safe; one reader per message.
#pragma once

#include <memory>
#include <string_view>

#include "core/reading/reading.h"

namespace backstop::reading {

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

  // True once nothing in the rest of the message can change the Reading (so that a milter may
  // answer SKIP).
  bool settled() const;

  // REQUIRES: called once, and nothing afterwards.
  Reading finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A whole message at once.
Reading read_message(std::string_view bytes);

}  // namespace backstop::reading
