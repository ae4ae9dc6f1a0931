#include "edge/mta/other_server.h"

#include <sys/stat.h>

#include <string_view>

#include "edge/mta/rooted_file.h"
#include "edge/mta/sendmail_recipe.h"

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

SendmailNames sendmail_names_us(const std::string& root) {
  const auto text = read_rooted(root, kSendmailMacros);
  if (!text) return SendmailNames::Nothing;
  SendmailNames found = SendmailNames::Nothing;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.starts_with("dnl")) continue;
    if (line.find(kSendmailFile) != std::string_view::npos) return SendmailNames::OurFile;
    if (line.find("INPUT_MAIL_FILTER(`backstop'") != std::string_view::npos)
      found = SendmailNames::OurMilter;
  }
  return found;
}

}  // namespace backstop::mta
