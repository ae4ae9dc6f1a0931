#include <fmt/core.h>

#include <charconv>

#include "core/base/ascii.h"
#include "core/config/config.h"

namespace backstop::config {
namespace {

// A unix socket's path with its final NUL must fit sockaddr_un (unix(7)).
constexpr std::size_t kSocketPathBytes = 107;
constexpr std::string_view kForm =
    "write unix:/path/to/socket, inet:127.0.0.1:8891, inet:[::1]:8891 or systemd";

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  if (text.empty() || error != std::errc{} || rest != end) return std::nullopt;
  return port;
}

Result<Endpoint> parse_inet(std::string_view rest) {
  std::string_view host;
  std::string_view port;
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    port = rest.substr(0, at);
    host = rest.substr(at + 1);
  } else if (const auto colon = rest.rfind(':'); colon != std::string_view::npos) {
    host = rest.substr(0, colon);
    port = rest.substr(colon + 1);
  }
  const auto address = IpAddress::parse(host);
  const auto number = parse_port(port);
  if (!address || !number) return fail(Errc::Invalid, "", std::string(kForm));
  return Endpoint{.kind = Endpoint::Kind::Inet, .path = "", .address = *address, .port = *number};
}

}  // namespace

std::string Endpoint::text() const {
  switch (kind) {
    case Kind::Unix:
      return "unix:" + path;
    case Kind::Systemd:
      return path.empty() ? "systemd" : "systemd:" + path;
    case Kind::Inet:
      break;
  }
  const bool v6 = address.family() == IpAddress::Family::V6;
  return fmt::format("inet:{}{}{}:{}", v6 ? "[" : "", address.text(), v6 ? "]" : "", port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.find(':');
  const std::string_view scheme = text.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (scheme == "systemd" && (colon == std::string_view::npos || !rest.empty())) {
    return Endpoint{
        .kind = Endpoint::Kind::Systemd, .path = std::string(rest), .address = {}, .port = 0};
  }
  if (scheme == "inet") return parse_inet(rest);
  if (scheme != "unix" && scheme != "local") return fail(Errc::Invalid, "", std::string(kForm));
  if (rest.empty() || rest.find('\0') != std::string_view::npos) {
    return fail(Errc::Invalid, "", std::string(kForm));
  }
  if (rest.size() > kSocketPathBytes) {
    return fail(Errc::Invalid, "",
                fmt::format("a socket's path may have {} bytes, this has {}", kSocketPathBytes,
                            rest.size()));
  }
  return Endpoint{
      .kind = Endpoint::Kind::Unix, .path = std::string(rest), .address = {}, .port = 0};
}

}  // namespace backstop::config
