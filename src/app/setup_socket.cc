#include "app/setup_socket.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/unix_socket.h"
#include "edge/mta/service_role.h"

namespace backstop::app {
namespace {

constexpr std::string_view kUsual = "backstop/milter.sock";
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

}  // namespace

std::string config_path_below(const std::string& root, const Settings& settings, bool named) {
  if (named || root == "/") return settings.config_path;
  return root + settings.config_path;
}

Result<SetupSocket> choose_socket(const mta::Postfix& postfix, const mta::PostfixText& text,
                                  const config::Config& config) {
  SetupSocket out{.text = fmt::format("unix:{}", kUsual), .notes = {}};
  if (config.milter_listen.empty()) return out;
  const std::string inside = postfix.queue_directory() + "/";
  for (const config::Endpoint& endpoint : config.milter_listen) {
    if (endpoint.kind != config::Endpoint::Kind::Unix || !endpoint.path.starts_with(inside))
      continue;
    out.text = "unix:" + endpoint.path.substr(inside.size());
    return out;
  }
  for (const config::Endpoint& endpoint : config.milter_listen) {
    if (endpoint.kind != config::Endpoint::Kind::Inet || endpoint.port == 0) continue;
    out.text = inet_text(endpoint);
    return out;
  }
  for (const config::Endpoint& endpoint : config.milter_listen) {
    if (endpoint.kind != config::Endpoint::Kind::Unix || is_chrooted(text)) continue;
    out.text = "unix:" + endpoint.path;
    return out;
  }
  return fail(
      Errc::Unsupported, "milter.listen",
      fmt::format(
          "names nothing that Postfix can reach: it changes its root to {}; add \"unix:{}{}\"",
          postfix.queue_directory(), inside, kUsual));
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

bool is_answered(const mta::Postfix& postfix, const std::string& socket) {
  constexpr std::string_view kScheme = "unix:";
  if (!socket.starts_with(kScheme)) return true;  // Not asked: only our own socket is.
  std::string path = socket.substr(kScheme.size());
  if (!path.starts_with('/')) path = postfix.queue_directory() + "/" + path;
  return accepts_connections(postfix.root() == "/" ? path : postfix.root() + path);
}

}  // namespace backstop::app
