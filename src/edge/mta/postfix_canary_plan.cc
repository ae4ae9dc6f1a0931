// The canary's part of a setup and of its removal.
#include <fmt/format.h>

#include <algorithm>

#include "edge/mta/postfix_canary.h"
#include "edge/mta/postfix_plan.h"
#include "edge/mta/postfix_tags.h"
#include "edge/mta/rooted_file.h"
#include "edge/mta/service_role.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kWhy =
    "a genuine and a forged bounce of Backstop's own enter here as from a stranger, each hour, so "
    "that a way that is broken is noticed";

std::vector<Service> canary_services(std::string_view master) {
  std::vector<Service> out = parse_services(master);
  std::erase_if(out,
                [](const Service& service) { return role_of(service, {}) != ServiceRole::Canary; });
  return out;
}

// "smtpd, 6 options", for a person.
std::optional<std::string> describe(const std::vector<Service>& services) {
  if (services.empty()) return std::nullopt;
  return fmt::format("{}, {} options", services.front().command, services.front().overrides.size());
}

// The table of recipients, made before master.cf names it.
Result<void> plan_recipients(const Postfix& postfix, Plan& plan) {
  const std::string path = canary_table_path(postfix);
  const std::string content = render_canary_recipients();
  auto found = read_rooted(postfix.root(), path);
  if (!found && found.error().code != Errc::NotFound) return tl::unexpected<Error>(found.error());
  if (found && !found->starts_with(kTagTableMark))
    return fail(Errc::Exists, path,
                "holds something else than Backstop's own line: move it away, then come back");
  if (found && *found == content) return {};
  plan.changes.push_back(
      {.file = path,
       .setting = "the canary's recipient",
       .before = found ? std::optional<std::string>("other lines") : std::nullopt,
       .after = "its lines",
       .why = "an address that is nobody's is taken where the canary enters, so that a refusal of "
              "forged mail can be tried"});
  plan.files.insert(plan.files.begin(),
                    {.path = path,
                     .before = found ? std::optional(*std::move(found)) : std::nullopt,
                     .after = content});
  return {};
}

// Goes once nothing names it.
Result<void> plan_no_recipients(const Postfix& postfix, Plan& plan) {
  const std::string path = canary_table_path(postfix);
  if (plan.text.main.find(path) != std::string::npos ||
      plan.text.master.find(path) != std::string::npos)
    return {};
  auto found = read_rooted(postfix.root(), path);
  if (!found && found.error().code != Errc::NotFound) return tl::unexpected<Error>(found.error());
  if (!found || !found->starts_with(kTagTableMark)) return {};
  plan.changes.push_back({.file = path,
                          .setting = "the canary's recipient",
                          .before = "its lines",
                          .after = std::nullopt,
                          .why = "nothing reads this file any more"});
  plan.files.push_back({.path = path, .before = *std::move(found), .after = std::nullopt});
  return {};
}

// `master` becomes the plan's, when Postfix differs in nothing but the canary's services.
Result<void> adopt(const Postfix& postfix, const PostfixText& before, std::string master,
                   std::string why, Plan& plan) {
  if (master == plan.text.master) return {};
  const auto was = canary_services(plan.text.master);
  const auto is = canary_services(master);
  const PostfixText after{.main = plan.text.main, .master = std::move(master)};
  std::vector<std::string> touched;
  for (const auto* const services : {&was, &is}) {
    for (const Service& service : *services) {
      for (const Override& each : service.overrides)
        touched.push_back(fmt::format("{}/{}", service.title(), each.name));
    }
  }
  BS_TRY_VOID(verify_only(postfix, plan.text, after, touched));
  plan.changes.push_back({.file = postfix.master_path(),
                          .setting = (is.empty() ? was : is).front().title(),
                          .before = describe(was),
                          .after = describe(is),
                          .why = std::move(why)});
  plan.text.master = after.master;
  std::erase_if(plan.files,
                [&](const FileChange& file) { return file.path == postfix.master_path(); });
  if (after.master == before.master) return {};
  // Before main.cf, which opens the door.
  const auto main = std::ranges::find(plan.files, postfix.main_path(), &FileChange::path);
  plan.files.insert(
      main, {.path = postfix.master_path(), .before = before.master, .after = plan.text.master});
  return {};
}

}  // namespace

std::string canary_table_path(const Postfix& postfix) {
  return postfix.config_directory() + "/backstop_canary";
}

Result<void> plan_canary(const Postfix& postfix, const PostfixText& before,
                         const PostfixCanary& canary, Plan& plan) {
  if (canary.listener.empty()) return plan_canary_removal(postfix, before, plan);
  const auto there = canary_services(plan.text.master);
  const bool is_ours = std::ranges::find(there, canary.listener, &Service::name) != there.end();
  if (canary.is_taken && !is_ours) {
    plan.notes.push_back(fmt::format(
        "{} is taken by another program, and Postfix would not start with it: name another port in "
        "canary.listener, then run backstop setup again",
        canary.listener));
    return {};
  }
  const auto like = find_public_service(parse_services(plan.text.master));
  if (!like) {
    plan.notes.emplace_back(
        "No service of master.cf takes mail from strangers by SMTP, so the canary has no way in");
    return {};
  }
  const CanaryService service{
      .listener = canary.listener,
      .recipients = canary.goes_to_nobody ? canary_table_path(postfix) : std::string()};
  BS_TRY_VOID(adopt(postfix, before, with_canary_service(plan.text.master, *like, service),
                    std::string(kWhy), plan));
  return canary.goes_to_nobody ? plan_recipients(postfix, plan) : plan_no_recipients(postfix, plan);
}

Result<void> plan_canary_removal(const Postfix& postfix, const PostfixText& before, Plan& plan) {
  BS_TRY_VOID(adopt(postfix, before, without_canary_service(plan.text.master),
                    "nothing enters there any more", plan));
  return plan_no_recipients(postfix, plan);
}

}  // namespace backstop::mta
