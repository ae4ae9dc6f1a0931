#include "edge/mta/postfix_canary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/proof/canary_pass.h"
#include "edge/mta/logical_lines.h"
#include "edge/mta/postfix_tags.h"
#include "edge/mta/service_role.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kComment =
    "# Backstop's canary enters here as strangers do. To take it out again: backstop setup "
    "--remove";

using Own = std::pair<std::string_view, std::string_view>;

// What the canary's service says itself; all else it has from the public one.
constexpr std::array<Own, 7> kOwn = {{
    {"syslog_name", "postfix/canary"},
    {"milter_macro_daemon_name", transaction::kCanaryDaemon},
    {"mynetworks", ""},
    {"smtpd_authorized_xclient_hosts", "127.0.0.1,[::1]"},
    // XCLIENT can claim a login: here it must open nothing.
    {"smtpd_relay_restrictions", "reject_unauth_destination"},
    {"smtpd_sasl_auth_enable", "no"},
    {"smtpd_sender_login_maps", ""},
}};

// Of all tables that smtpd asks whether a recipient is there the one that is seldom in use.
constexpr std::string_view kRecipientMaps = "canonical_maps";

bool is_own(std::string_view name) {
  return name == kRecipientMaps ||
         std::ranges::any_of(kOwn, [&](const auto& own) { return own.first == name; });
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

std::string render_service(const Service& like, const CanaryService& wanted, std::string_view end) {
  std::string out = fmt::format("{}{}{} inet n - {} - - {}{}", kComment, end, wanted.listener,
                                like.chroot, like.command, end);
  for (const auto& [name, value] : kOwn)
    out += fmt::format("  -o {}{}", spell(name, value), end);
  if (!wanted.recipients.empty())
    out += fmt::format("  -o {}{}", spell(kRecipientMaps, "regexp:" + wanted.recipients), end);
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

// "smtpd_milters", "" for none: what is said of it, for a person.
std::string say_value(const Service& service, std::string_view name) {
  const auto value = service.find(name);
  return value ? fmt::format("\"{}\"", *value) : std::string("as main.cf has it");
}

}  // namespace

std::vector<std::string> find_canary_drift(std::string_view master_cf) {
  const std::vector<Service> services = parse_services(master_cf);
  const auto canary = std::ranges::find_if(
      services, [](const Service& service) { return role_of(service, {}) == ServiceRole::Canary; });
  if (canary == services.end()) return {};
  const auto strangers = find_public_service(services);
  if (!strangers) return {"no service takes mail from strangers by SMTP any more"};
  std::vector<std::string> out;
  const auto compare = [&](std::string_view name, std::string here, std::string there) {
    if (here != there)
      out.push_back(fmt::format("{}: {} here, {} for strangers", name, here, there));
  };
  compare("chroot", canary->chroot, strangers->chroot);
  compare("command", canary->command, strangers->command);
  std::set<std::string> names;
  for (const auto* const service : {&*canary, &*strangers}) {
    for (const Override& each : service->overrides)
      if (!is_own(each.name)) names.insert(each.name);
  }
  for (const std::string& name : names)
    compare(name, say_value(*canary, name), say_value(*strangers, name));
  return out;
}

std::string render_canary_recipients() {
  return fmt::format(
      "{}\n# Nobody's mailbox, known where Backstop's canary enters and nowhere else.\n"
      "/^{}([^a-z0-9@][^@]*)?@/ {}\n",
      kTagTableMark, proof::kCanaryLocal, proof::kCanaryLocal);
}

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
                                const CanaryService& service) {
  const std::string_view end = line_end_of(master_cf);
  const std::string wanted = render_service(like, service, end);
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
