#include "milter_client/wire.h"

namespace backstop::milter_client {

std::string number(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((value >> shift) & 0xff));
  }
  return bytes;
}

std::string string(std::string_view text) {
  return std::string(text) + '\0';
}

std::string packet(char command, std::string_view payload) {
  return number(static_cast<std::uint32_t>(payload.size() + 1)) + command + std::string(payload);
}

std::string negotiate(std::uint32_t version, std::uint32_t actions, std::uint32_t steps) {
  return packet('O', number(version) + number(actions) + number(steps));
}

std::string macros(char command, const MacroPairs& pairs) {
  std::string payload(1, command);
  for (const auto& [name, value] : pairs)
    payload += string(name) + string(value);
  return packet('D', payload);
}

std::string connect(std::string_view host, std::string_view address) {
  std::string payload = string(host);
  if (address.empty()) return packet('C', payload + 'U');
  if (address.starts_with('/')) {
    payload += 'L';
  } else {
    payload += address.find(':') == std::string_view::npos ? '4' : '6';
  }
  payload += std::string("\x30\x39", 2);  // Port 12345.
  return packet('C', payload + string(address));
}

std::string mail(std::string_view sender) {
  return packet('M', string(sender));
}
std::string recipient(std::string_view recipient) {
  return packet('R', string(recipient));
}
std::string header(std::string_view name, std::string_view value) {
  return packet('L', string(name) + string(value));
}
std::string end_of_headers() {
  return packet('N');
}
std::string body(std::string_view bytes) {
  return packet('B', bytes);
}
std::string end_of_message(std::string_view bytes) {
  return packet('E', bytes);
}
std::string abort() {
  return packet('A');
}
std::string quit() {
  return packet('Q');
}
std::string quit_new_connection() {
  return packet('K');
}

std::optional<Reply> take_reply(std::string& bytes) {
  if (bytes.size() < 5) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i)
    length = (length << 8) | static_cast<unsigned char>(bytes[i]);
  if (length == 0 || bytes.size() < 4 + length) return std::nullopt;
  Reply reply{.command = bytes[4], .payload = bytes.substr(5, length - 1)};
  bytes.erase(0, 4 + length);
  return reply;
}

std::string reply_commands(std::string bytes) {
  std::string commands;
  while (const auto reply = take_reply(bytes))
    commands += reply->command;
  return commands;
}

}  // namespace backstop::milter_client
