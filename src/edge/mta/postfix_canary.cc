#include "edge/mta/postfix_canary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "edge/mta/logical_lines.h"
#include "edge/mta/service_role.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kComment =
    "# Backstop's canary enters here as strangers do. To take it out again: backstop setup "
    "--remove";

// What the canary's service says itself; all else it has from the public one.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kOwn = {{
    {"syslog_name", "postfix/canary"},
    {"milter_macro_daemon_name", transaction::kCanaryDaemon},
    {"mynetworks", ""},
    {"smtpd_authorized_xclient_hosts", "127.0.0.1,[::1]"},
    // XCLIENT can claim a login: here it must open nothing.
    {"smtpd_relay_restrictions", "reject_unauth_destination"},
    {"smtpd_sasl_auth_enable", "no"},
    {"smtpd_sender_login_maps", ""},
}};

bool is_own(std::string_view name) {
  return std::ranges::any_of(kOwn, [&](const auto& own) { return own.first == name; });
}

bool is_port_25(const Service& service) {
  const std::string_view name = service.name;
  return service.type == "inet" &&
         (name == "smtp" || name == "25" || name.ends_with(":25") || name.ends_with(":smtp"));
}

std::string spell(std::string_view name, std::string_view value) {
  const bool plain = value.find_first_of(" \t") == std::string_view::npos;
  return plain ? fmt::format("{}={}", name, value) : fmt::format("{{ {} = {} }}", name, value);
}

std::string render_service(const Service& like, std::string_view listener, std::string_view end) {
  std::string out = fmt::format("{}{}{} inet n - {} - - {}{}", kComment, end, listener, like.chroot,
                                like.command, end);
  for (const auto& [name, value] : kOwn)
    out += fmt::format("  -o {}{}", spell(name, value), end);
  for (const Override& each : like.overrides) {
    if (!is_own(each.name)) out += fmt::format("  -o {}{}", spell(each.name, each.value), end);
  }
  return out;
}

struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Of the first such service, our comment above it included.
std::optional<Stretch> find_canary(std::string_view master_cf) {
  for (const LogicalLine& line : logical_lines(master_cf)) {
    const auto services = parse_services(master_cf.substr(line.begin, line.end - line.begin));
    if (services.size() != 1 || role_of(services.front(), {}) != ServiceRole::Canary) continue;
    Stretch out{.begin = line.begin, .end = line.end};
    const std::string_view above = master_cf.substr(0, line.begin);
    const auto newline =
        above.empty() ? std::string_view::npos : above.substr(0, above.size() - 1).rfind('\n');
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    if (trim(above.substr(begin)) == kComment) out.begin = begin;
    return out;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Service> find_public_service(const std::vector<Service>& services) {
  std::vector<Service> receiving;
  std::ranges::copy_if(services, std::back_inserter(receiving), [](const Service& service) {
    return role_of(service, {}) == ServiceRole::Receiving && service.type != "unix";
  });
  const auto named = std::ranges::find_if(receiving, is_port_25);
  if (named != receiving.end()) return *named;
  const auto passed = std::ranges::find(receiving, "pass", &Service::type);
  if (passed != receiving.end()) return *passed;
  return receiving.empty() ? std::nullopt : std::optional(receiving.front());
}

std::string with_canary_service(std::string_view master_cf, const Service& like,
                                std::string_view listener) {
  const std::string_view end = line_end_of(master_cf);
  const std::string wanted = render_service(like, listener, end);
  const auto found = find_canary(master_cf);
  std::string out(master_cf);
  if (found) {
    out.replace(found->begin, found->end - found->begin, wanted);
    return out;
  }
  if (!out.empty() && out.back() != '\n') out += end;
  return out + wanted;
}

std::string without_canary_service(std::string_view master_cf) {
  std::string out(master_cf);
  while (const auto found = find_canary(out))
    out.erase(found->begin, found->end - found->begin);
  return out;
}

}  // namespace backstop::mta
