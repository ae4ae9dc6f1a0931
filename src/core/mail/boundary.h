// The multipart boundaries that are open at one place of a message, and the search for them in a
// body.
//
// A delimiter line is "--", the boundary, optionally "--", and white space (RFC 2046 §5.1.1), in at
// most limits::kBoundaryLineBytes.  RFC 2046 lets a reader take any line that begins with the
// boundary; whole lines are compared instead, so that one boundary may be the beginning of another.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/content_sink.h"

namespace backstop::mail {

struct BoundaryMatch {
  std::size_t level = 0;  // As given to open().
  bool closing = false;
};

class BoundarySet {
 public:
  // REQUIRES: `level` is above those of the boundaries already open.
  void open(std::string_view boundary, std::size_t level);
  // Forgets the boundaries of `level` and above.
  void close_from(std::size_t level);
  bool empty() const { return open_.empty(); }

  // `line` with or without its line end.  The innermost boundary is tried first.
  std::optional<BoundaryMatch> match(std::string_view line) const;
  // Whether a line that begins so could still become a delimiter.
  bool could_match(std::string_view begun) const;

 private:
  struct Open {
    std::string delimiter;  // "--" and the boundary.
    std::size_t level;
  };
  std::vector<Open> open_;
};

// Passes on the lines of a body up to the next delimiter line.  The line end before a delimiter
// belongs to the delimiter, so the last line end is held back; so is a line that may become one.
class BodyLines {
 public:
  struct Progress {
    std::size_t consumed = 0;
    std::optional<BoundaryMatch> match;  // The delimiter that ended this body.
  };

  // A new body begins, at the start of a line.
  void reset();
  // Takes bytes up to and including a delimiter line, or all.  REQUIRES: a set that is not empty
  // and stays the same until reset().
  Progress feed(std::string_view in, const BoundarySet& boundaries, ContentSink& sink);
  // The body ends here: what was held is a delimiter without a line end, or content.
  std::optional<BoundaryMatch> finish(const BoundarySet& boundaries, ContentSink& sink);

 private:
  enum class LineEnd : unsigned char { None, Cr, Lf, CrLf };

  Progress feed_held(std::string_view in, const BoundarySet& boundaries, ContentSink& sink);
  void flush_line_end(ContentSink& sink);
  void put(std::string_view bytes, ContentSink& sink);
  void put_before_delimiter(std::string_view bytes, ContentSink& sink);

  bool at_line_start_ = true;
  LineEnd pending_ = LineEnd::None;
  std::string held_;  // The beginning of a line that may become a delimiter.
};

}  // namespace backstop::mail
