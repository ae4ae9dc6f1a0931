// RFC 4648 §6 base32, lower case and without padding; hex beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace backstop {

// REQUIRES: nothing; 5 bytes become 8 characters, the last bits are filled with zeros.
std::string encode_base32(std::span<const std::uint8_t> bytes);
// Either case.  Nothing for any other character, a length no encoder makes, or filling bits that
// are not zero.
std::optional<std::vector<std::uint8_t>> decode_base32(std::string_view text);

std::string encode_hex(std::span<const std::uint8_t> bytes);
std::optional<std::vector<std::uint8_t>> decode_hex(std::string_view text);

}  // namespace backstop
