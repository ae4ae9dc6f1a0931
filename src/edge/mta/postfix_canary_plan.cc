// The canary's part of a setup and of its removal.
#include <fmt/format.h>

#include <algorithm>

#include "edge/mta/postfix_canary.h"
#include "edge/mta/postfix_plan.h"
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
  return adopt(postfix, before, with_canary_service(plan.text.master, *like, canary.listener),
               std::string(kWhy), plan);
}

Result<void> plan_canary_removal(const Postfix& postfix, const PostfixText& before, Plan& plan) {
  return adopt(postfix, before, without_canary_service(plan.text.master),
               "nothing enters there any more", plan);
}

}  // namespace backstop::mta
