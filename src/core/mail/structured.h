// Structured header values without their decoding, for the walker.
#pragma once

#include <string>
#include <string_view>

namespace backstop::mail {

// One parameter of a Content-Type or alike, RFC 2231 undone, but neither RFC 2047 nor charsets: its
// bytes as they would stand in a body.  "" when there is none.
std::string raw_parameter(std::string_view raw, std::string_view name);

}  // namespace backstop::mail
