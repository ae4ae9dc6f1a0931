#include "edge/mta/service_role.h"

#include <algorithm>

namespace backstop::mta {
namespace {

// "10025" of "127.0.0.1:10025", "[::1]:10025" and "10025".
std::string_view port_of(std::string_view name) {
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_emptied(const Service& service, std::string_view parameter) {
  const auto value = service.find(parameter);
  return value && value->empty();
}

bool is_submission(const Service& service) {
  if (is_one_of(port_of(service.name),
                {"submission", "submissions", "smtps", "ssmtp", "587", "465"}))
    return true;
  const std::string logged = service.find("syslog_name").value_or("");
  return logged.find("submission") != std::string::npos ||
         logged.find("smtps") != std::string::npos;
}

bool is_named_by(std::string_view port, const std::vector<std::string>& filters) {
  return std::any_of(filters.begin(), filters.end(), [&](const std::string& filter) {
    return filter.find(':') != std::string::npos && port_of(filter) == port;
  });
}

}  // namespace

bool is_loopback(const Service& service) {
  const std::string_view name = service.name;
  return service.type == "inet" && (name.starts_with("127.") || name.starts_with("localhost:") ||
                                    name.starts_with("[::1]:") || name.starts_with("::1:"));
}

ServiceRole role_of(const Service& service, const std::vector<std::string>& filters) {
  const std::string_view command = base_name(service.command);
  if (command == "cleanup") return ServiceRole::Cleanup;
  if (command != "smtpd") return ServiceRole::Other;
  if (service.find("milter_macro_daemon_name") == "CANARY") return ServiceRole::Canary;
  if (is_submission(service)) return ServiceRole::Submission;
  const std::string_view port = port_of(service.name);
  if (service.type != "inet" || is_one_of(port, {"smtp", "25"})) return ServiceRole::Receiving;
  if (is_emptied(service, "content_filter") || is_emptied(service, "smtpd_proxy_filter") ||
      (is_loopback(service) && is_named_by(port, filters)))
    return ServiceRole::Reinjected;
  return ServiceRole::Receiving;
}

}  // namespace backstop::mta
