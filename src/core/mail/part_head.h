// Makes a PartHead of the fields that describe a part.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/mail/defects.h"
#include "core/mail/walker.h"

namespace backstop::mail {

// How the content of a part is encoded for transfer, as far as anything has to be undone.
enum class TransferEncoding : std::uint8_t { Identity, Base64, QuotedPrintable };

// The raw values of the three fields that say what a part is; the last of each name
// counts, as it does for Postfix and GMime.
class DescribingFields {
 public:
  // Keeps `raw` when `name` is one of the three.
  void note(std::string_view name, std::string_view raw);
  void clear();

  // The part's head without its place.  A part without a Content-Type is message/rfc822 in a
  // multipart/digest (RFC 2046 §5.1.5), else text/plain (RFC 2045 §5.2); so is, as text/plain, one
  // whose Content-Type cannot be read.  `boundary` becomes that parameter without RFC 2047
  // decoding: "=?" may stand in a boundary.
  PartHead head(bool in_digest, std::string& boundary) const;
  TransferEncoding encoding(Defects& defects) const;

 private:
  struct Field {
    std::string raw;
    bool seen = false;
  };
  Field type_;
  Field encoding_;
  Field disposition_;
};

// What stands inside a part that PartAction::Enter enters.
enum class Inside : std::uint8_t { Nothing, Message, Headers };
Inside inside_of(const PartHead& head);

}  // namespace backstop::mail
