// Undoes Content-Transfer-Encoding (RFC 2045 §6.7 and §6.8) in chunks of any size.
//
// Total: what does not decode is passed over (base64) or on as it stands (quoted-printable), and
// broken() says so.  Holds a few bytes between chunks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "core/mail/content_sink.h"

namespace backstop::mail {

class Base64Decoder {
 public:
  void feed(std::string_view in, ContentSink& sink);
  void finish(ContentSink& sink);
  bool broken() const { return broken_; }

 private:
  std::uint32_t bits_ = 0;  // The sextets of a group that is not complete.
  unsigned sextets_ = 0;    // 0 to 3.
  bool ended_ = false;      // Padding was seen.
  bool broken_ = false;
};

// Trailing white space of a line is kept.  DEVIATES from RFC 2045 §6.7 (3), which deletes it: that
// needs a buffer without bound, and no reader of ours looks at it.
class QuotedPrintableDecoder {
 public:
  void feed(std::string_view in, ContentSink& sink);
  void finish(ContentSink& sink);
  bool broken() const { return broken_; }

 private:
  class Output;
  bool step(char c, Output& out);

  std::string held_;  // '=' and what followed it, not decided yet.
  bool broken_ = false;
};

class TransferDecoder {
 public:
  enum class Encoding : std::uint8_t { Base64, QuotedPrintable };

  explicit TransferDecoder(Encoding encoding);
  void feed(std::string_view in, ContentSink& sink);
  void finish(ContentSink& sink);
  bool broken() const;

 private:
  std::variant<Base64Decoder, QuotedPrintableDecoder> decoder_;
};

// The encoded text of an RFC 2047 word.  "B": base64; "Q": §4.2, '_' is a space.
std::string decode_base64_text(std::string_view text);
std::string decode_q_text(std::string_view text);

// 0 to 15, or -1.
int hex_digit(char c);

}  // namespace backstop::mail
