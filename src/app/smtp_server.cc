#include "app/smtp_server.h"

#include <charconv>

namespace backstop::app {

Result<smtp::Server> parse_smtp_server(std::string_view text) {
  smtp::Server server;
  const auto colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && colon > 0 &&
                        (text[colon - 1] == ']' || text.find(':') == colon);
  if (has_port) {
    const std::string_view port = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), server.port);
    if (error != std::errc{} || end != port.data() + port.size() || server.port == 0)
      return fail(Errc::Invalid, "--server", "wants an IP address and a port, as 127.0.0.1:25");
    text = text.substr(0, colon);
  }
  const auto address = IpAddress::parse(text);
  if (!address)
    return fail(Errc::Invalid, "--server", "wants an IP address and a port, as 127.0.0.1:25");
  server.address = *address;
  return server;
}

}  // namespace backstop::app
