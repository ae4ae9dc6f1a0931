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

}  // namespace backstop::app
