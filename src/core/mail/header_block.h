// Splits a header block into fields, resumably.
//
// A line end is LF with any CRs before it; a CR elsewhere is text.  Lines that begin with white
// space continue the field above (RFC 5322 §2.2.3).  The block ends at an empty line, at a
// delimiter of a boundary, or, when its first line is no field, before that line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/mail/boundary.h"
#include "core/mail/defects.h"

namespace backstop::mail {

class FieldSink {
 public:
  // A field without its last line end, at most limits::kWalkerHeldBytes; `cut` when it was longer.
  // `colon` is the position of the colon.
  virtual void on_field_text(std::string_view text, std::size_t colon, bool cut) = 0;

 protected:
  ~FieldSink() = default;
};

class HeaderBlock {
 public:
  enum class Start : std::uint8_t {
    Strict,   // The part of a multipart: the block begins at once.
    Lenient,  // A message: empty lines and an mbox "From " line before the first field are passed
              // over, since bouncers and files put them there.
  };
  enum class End : std::uint8_t {
    None,       // Not yet.
    EmptyLine,  // The body follows.
    Delimiter,  // `match` says which.
    NotAField,  // The body begins with take_body_start() and goes on behind what was consumed.
  };
  struct Progress {
    std::size_t consumed = 0;
    End end = End::None;
    std::optional<BoundaryMatch> match;
  };

  // A new block begins.  Nothing is held from the last one.
  void begin(Start start);
  Progress feed(std::string_view in, const BoundarySet& boundaries, FieldSink& sink,
                Defects& defects);
  // The input ends here: what is held is judged as if a line end stood behind it.
  Progress finish(const BoundarySet& boundaries, FieldSink& sink, Defects& defects);
  // Bytes that were taken as header and are body.
  std::string take_body_start();
  // Gives back what the block has allocated.
  void release();

 private:
  enum class Run : std::uint8_t { None, Field, Junk };
  enum class LineKind : std::uint8_t { Empty, Delimiter, Field, From, Junk };

  LineKind kind_of(std::string_view line, const BoundarySet& boundaries,
                   std::optional<BoundaryMatch>& match);
  Progress judge(std::string_view line, std::size_t consumed, const BoundarySet& boundaries,
                 Defects& defects);
  Progress feed_undecided(std::string_view line, std::size_t at, const BoundarySet& boundaries,
                          Defects& defects);
  std::size_t take_whole_fields(std::string_view in, std::size_t at, FieldSink& sink);
  void hold(std::string_view bytes);
  void end_run(std::string_view rest, FieldSink& sink);

  Start start_ = Start::Strict;
  bool fresh_ = true;  // No line but passed-over ones was met.
  bool at_line_start_ = true;
  Run run_ = Run::None;  // What the line above was, as long as it may be continued.
  std::string held_;     // The field, or undecided line, as far as it stood in earlier chunks.
  std::size_t run_bytes_ = 0;  // Of the field so far, including what was not held.
  std::size_t colon_ = 0;
};

}  // namespace backstop::mail
