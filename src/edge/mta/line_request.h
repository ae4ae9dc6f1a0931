// The line protocol, which Exim speaks by ${readsocket}: one line, one answer, the end.
// docs/formats/doors.md has it.
//
// Pure and total.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.h"

namespace backstop::mta {

// Addresses are as the mail server has them: with or without quotes, and with spaces without.
struct VerifyTag {
  std::string address;
  std::string client;  // Whose recipient it is: an IP address; "" when it is not said.
};
struct UnsignTag {
  std::string address;
};
struct SignTag {
  std::string address;
  std::optional<std::uint32_t> day;  // Since the epoch, of the message's submission; else today's.
  std::string recipient_domain;      // "" when it is not said.
};
// A message that is on its way out, to be signed and remembered.
struct MakeToken {
  std::string queue_id;
  std::string client;         // An IP address; "" for mail that a program on the host hands in.
  std::string server;         // What the mail server calls itself; "" unknown.
  std::string authenticated;  // The login; "" without one.
  std::string sender;
  std::string recipients;  // With commas between.
  std::string header;      // The message's header block, as it stands.
};
using LineRequest = std::variant<VerifyTag, UnsignTag, SignTag, MakeToken>;

// "verify ADDRESS [CLIENT]", "unsign ADDRESS", "sign ADDRESS [DAY [DOMAIN]]", "token NAME=BASE64 …"
// with the names id, host, server, user, from, to and head in any order.  Errors: Errc::Invalid.
Result<LineRequest> parse_line_request(std::string_view line);

}  // namespace backstop::mta
