#include "app/usual_sockets.h"

#include <array>
#include <filesystem>

namespace backstop::app {

std::vector<config::Endpoint> usual_endpoints(const std::string& root) {
  constexpr std::array<const char*, 2> kDirectories = {"/run/backstop",
                                                       "/var/spool/postfix/backstop"};
  std::vector<config::Endpoint> out;
  for (const std::string directory : kDirectories) {
    std::error_code error;
    if (!std::filesystem::is_directory(root == "/" ? directory : root + directory, error)) continue;
    if (auto endpoint = config::parse_endpoint("unix:" + directory + "/milter.sock"))
      out.push_back(*std::move(endpoint));
  }
  return out;
}

std::vector<config::Endpoint> milter_endpoints(const config::Config& config,
                                               const std::string& root) {
  return config.milter_listen.empty() ? usual_endpoints(root) : config.milter_listen;
}

std::vector<config::Endpoint> map_endpoints(const config::Config& config, const std::string& root) {
  if (!config.doors.socketmap.empty()) return config.doors.socketmap;
  std::vector<config::Endpoint> out;
  for (config::Endpoint endpoint : milter_endpoints(config, root)) {
    const std::filesystem::path path = endpoint.path;
    if (endpoint.kind != config::Endpoint::Kind::Unix || path.filename() != "milter.sock") continue;
    endpoint.path = path.parent_path() / "map.sock";
    out.push_back(std::move(endpoint));
  }
  return out;
}

}  // namespace backstop::app
