// RFC 4648 §4 base64, strictly: what a key or a signature is written in.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace backstop {

// White space anywhere is passed over (RFC 6376 §3.2), and padding may be missing.  Nothing for any
// other character, anything behind the padding, or a length no encoder makes.
std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text);

}  // namespace backstop
