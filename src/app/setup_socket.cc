#include "app/setup_socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/unix_socket.h"
#include "app/usual_sockets.h"
#include "edge/mta/service_role.h"
#include "edge/smtp/client.h"

namespace backstop::app {
namespace {

constexpr std::string_view kUsual = "backstop/milter.sock";
constexpr std::string_view kUsualMap = "backstop/map.sock";
// The one below which the daemon looks for a place by itself (app/usual_sockets.h).
constexpr std::string_view kUsualQueue = "/var/spool/postfix";

// Does a server that speaks to milters change root?  "-" is no since Postfix 3.0 (master(5)).
bool is_chrooted(const mta::PostfixText& text) {
  const auto services = mta::parse_services(text.master);
  return std::any_of(services.begin(), services.end(), [](const mta::Service& service) {
    return service.chroot == "y" && mta::role_of(service, {}) != mta::ServiceRole::Other;
  });
}

std::string inet_text(const config::Endpoint& endpoint) {
  const bool v6 = endpoint.address.family() == IpAddress::Family::V6;
  std::string host = endpoint.address.text();
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return fmt::format("inet:{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", endpoint.port);
}

std::string say_where_to_listen(const mta::Postfix& postfix, const std::string& config_path,
                                std::string_view problem) {
  return fmt::format("{} {}: write milter.listen = [\"unix:{}/{}\"] into it", config_path, problem,
                     postfix.queue_directory(), kUsual);
}

// Of the places we listen at, the one that Postfix is best told of, as it is told; nothing when it
// reaches none.
std::optional<std::string> find_reachable(const mta::Postfix& postfix, const mta::PostfixText& text,
                                          const std::vector<config::Endpoint>& endpoints) {
  const std::string inside = postfix.queue_directory() + "/";
  for (const config::Endpoint& endpoint : endpoints) {
    if (endpoint.kind == config::Endpoint::Kind::Unix && endpoint.path.starts_with(inside))
      return "unix:" + endpoint.path.substr(inside.size());
  }
  for (const config::Endpoint& endpoint : endpoints) {
    if (endpoint.kind == config::Endpoint::Kind::Inet && endpoint.port != 0)
      return inet_text(endpoint);
  }
  for (const config::Endpoint& endpoint : endpoints) {
    if (endpoint.kind == config::Endpoint::Kind::Unix && !is_chrooted(text))
      return "unix:" + endpoint.path;
  }
  return std::nullopt;
}

std::string say_unreachable(const mta::Postfix& postfix, std::string_view usual) {
  return fmt::format(
      "names nothing that Postfix can reach: it changes its root to {}; add \"unix:{}/{}\"",
      postfix.queue_directory(), postfix.queue_directory(), usual);
}

}  // namespace

std::string config_path_below(const std::string& root, const Settings& settings, bool named) {
  if (named || root == "/") return settings.config_path;
  return root + settings.config_path;
}

Result<SetupSocket> choose_socket(const mta::Postfix& postfix, const mta::PostfixText& text,
                                  const config::Config& config) {
  SetupSocket out{.text = fmt::format("unix:{}", kUsual), .notes = {}};
  if (config.milter_listen.empty()) return out;
  const auto text_of = find_reachable(postfix, text, config.milter_listen);
  if (!text_of) return fail(Errc::Unsupported, "milter.listen", say_unreachable(postfix, kUsual));
  out.text = *text_of;
  return out;
}

Result<std::string> choose_map_socket(const mta::Postfix& postfix, const mta::PostfixText& text,
                                      const config::Config& config) {
  const auto endpoints = map_endpoints(config, postfix.root());
  // With usual sockets it is there once setup has made their directory.
  if (endpoints.empty() && config.milter_listen.empty()) return fmt::format("unix:{}", kUsualMap);
  const auto text_of = find_reachable(postfix, text, endpoints);
  if (!text_of)
    return fail(Errc::Unsupported, "doors.socketmap", say_unreachable(postfix, kUsualMap));
  return *text_of;
}

Result<SetupSocket> choose_socket(const mta::Postfix& postfix, const mta::PostfixText& text,
                                  const std::string& config_path) {
  Settings settings;
  settings.config_path = config_path;
  const auto config = load_config(settings);
  if (!config && config.error().code != Errc::NotFound)
    return tl::unexpected<Error>(config.error());
  BS_TRY(SetupSocket out, choose_socket(postfix, text, config ? *config : config::Config{}));
  if (!config) {
    out.notes.push_back(say_where_to_listen(postfix, config_path, "is not there yet"));
  } else if (config->milter_listen.empty() && postfix.queue_directory() != kUsualQueue) {
    out.notes.push_back(say_where_to_listen(postfix, config_path, "says nowhere to listen"));
  }
  return out;
}

mta::PostfixCanary canary_of(const config::Config& config) {
  if (!config.canary.is_on()) return {};
  const smtp::Server server{.address = config.canary.address, .port = config.canary.port};
  return {.listener = server.text(),
          .is_taken = smtp::is_taken(server),
          .goes_to_nobody = config.canary.recipient.empty()};
}

bool is_answered(const mta::Postfix& postfix, const std::string& socket) {
  constexpr std::string_view kScheme = "unix:";
  if (!socket.starts_with(kScheme)) return true;  // Not asked: only our own socket is.
  std::string path = socket.substr(kScheme.size());
  if (!path.starts_with('/')) path = postfix.queue_directory() + "/" + path;
  return accepts_connections(postfix.root() == "/" ? path : postfix.root() + path);
}

}  // namespace backstop::app
