#include "edge/mta/other_server.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "edge/mta/rooted_file.h"

namespace backstop::mta {
namespace {

bool exists(const std::string& root, const std::string& path) {
  const auto real = resolve(root, path);
  struct stat status{};
  return real && stat(real->c_str(), &status) == 0;
}

}  // namespace

std::optional<OtherServer> find_other_server(const std::string& root) {
  for (const char* const path : {"/usr/sbin/exim4", "/usr/sbin/exim", "/usr/local/sbin/exim"})
    if (exists(root, path)) return OtherServer::Exim;
  if (exists(root, kSendmailMacros)) return OtherServer::Sendmail;
  return std::nullopt;
}

bool sendmail_names_us(const std::string& root) {
  const auto text = read_rooted(root, kSendmailMacros);
  return text && text->find("INPUT_MAIL_FILTER(`backstop'") != std::string::npos;
}

std::string sendmail_lines(const std::string& socket) {
  return fmt::format("INPUT_MAIL_FILTER(`backstop', `S={}, T=C:10s;S:30s;R:30s;E:5m')dnl\n",
                     socket);
}

}  // namespace backstop::mta
