// Structured header values without their decoding, for the walker.
#pragma once

#include <string>
#include <string_view>

#include "core/mail/header_text.h"

namespace backstop::mail {

struct StructuredWithRaw {
  StructuredValue structured;
  // The parameter asked for, RFC 2231 undone, but neither RFC 2047 nor charsets: its bytes as they
  // would stand in a body.  "" when there is none.
  std::string raw;
};
StructuredWithRaw parse_structured(std::string_view raw, std::string_view raw_name);

}  // namespace backstop::mail
