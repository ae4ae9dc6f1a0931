// The bytes an MTA writes and a filter answers, for tests that must send anything at all.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace backstop::milter_client {

using namespace std::string_literals;

// All actions and all steps that Postfix 3.7 and Sendmail 8.17 offer.
inline constexpr std::uint32_t kEveryAction = 0x1ff;
inline constexpr std::uint32_t kEveryStep = 0x1fffff;

std::string number(std::uint32_t value);
// With its NUL.
std::string string(std::string_view text);
std::string packet(char command, std::string_view payload = {});

std::string negotiate(std::uint32_t version = 6, std::uint32_t actions = kEveryAction,
                      std::uint32_t steps = kEveryStep);
using MacroPairs = std::vector<std::pair<std::string, std::string>>;
std::string macros(char command, const MacroPairs& pairs);
// `address` as "192.0.2.1", "IPv6:2001:db8::1", "/path" or "" for an unknown client.
std::string connect(std::string_view host, std::string_view address);
std::string mail(std::string_view sender);
std::string recipient(std::string_view recipient);
std::string header(std::string_view name, std::string_view value);
std::string end_of_headers();
std::string body(std::string_view bytes);
std::string end_of_message(std::string_view bytes = {});
std::string abort();
std::string quit();
std::string quit_new_connection();

struct Reply {
  char command = 0;
  std::string payload;
  bool operator==(const Reply&) const = default;
};
// Takes one whole reply off the front of `bytes`.
std::optional<Reply> take_reply(std::string& bytes);
// The commands of all whole replies in `bytes`, as "Occi".
std::string reply_commands(std::string bytes);

}  // namespace backstop::milter_client
