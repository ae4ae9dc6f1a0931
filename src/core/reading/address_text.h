// Addresses in running text: where they begin and end, and what they look like.
//
// Pure and total; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace backstop::reading {

// An address and the place it takes in a line, with the brackets or quotes around it.
struct AddressSpan {
  std::string address;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The first address of `line` at or behind `from`: "user@example.com", "<user@example.com>",
// "[SMTP:user@example.com]", "\"user name\"@example.com".  A domain needs a dot unless brackets
// stand around.  Nothing when there is none.
std::optional<AddressSpan> find_address(std::string_view line, std::size_t from);

// postmaster@, abuse@, noreply@: whom notices name as contacts.  `lower` in lower case.
bool is_role_address(std::string_view lower);

// A left side as programs make it of time and number, "20061120.4A3B@mx".  `lower` in lower case.
bool looks_like_message_id(std::string_view lower);

}  // namespace backstop::reading
