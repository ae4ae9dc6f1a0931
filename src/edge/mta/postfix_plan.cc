#include "edge/mta/postfix_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/ascii.h"
#include "edge/mta/main_cf.h"
#include "edge/mta/milter_list.h"
#include "edge/mta/rooted_file.h"
#include "edge/mta/service_role.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kMap =
    "# Written by: backstop setup. Mail from outside must not bring a verdict of its own, whether\n"
    "# Backstop runs or not.\n"
    "/^Backstop-Verdict[ \\t]*:/ IGNORE\n";

bool is_fail_open(const std::string& value) {
  return value == "accept";
}

class Planner {
 public:
  Planner(const Postfix& postfix, PostfixDraft draft, PostfixText text, std::string socket,
          const PostfixTags& tags)
      : postfix_(postfix),
        draft_(std::move(draft)),
        before_(text),
        text_(std::move(text)),
        socket_(std::move(socket)),
        tags_(tags) {}

  Result<Plan> plan() {
    BS_TRY_VOID(plan_list("smtpd_milters",
                          "what comes in by SMTP passes Backstop, before other milters, so that a "
                          "DKIM signer sees each message as it leaves"));
    BS_TRY_VOID(
        plan_list("non_smtpd_milters", "what programs on this host send passes Backstop too"));
    BS_TRY_VOID(plan_fail_open());
    BS_TRY_VOID(plan_header_checks());
    BS_TRY_VOID(plan_services());
    if (tags_.sub_address) BS_TRY_VOID(plan_delimiter());
    if (tags_.prvs) BS_TRY_VOID(plan_tag_map());
    if (tags_.prvs && tags_.strict) BS_TRY_VOID(plan_command_filter());
    BS_TRY_VOID(verify_only(postfix_, before_, text_, touched_));
    BS_TRY_VOID(plan_files());
    plan_.text = text_;
    return std::move(plan_);
  }

 private:
  bool is_ours(std::string_view element) const {
    return is_same_socket(socket_of(element), socket_, postfix_.queue_directory());
  }

  // Ours, asked in a group of its own that does not fail open.
  bool is_strict(std::string_view element) const {
    const auto action = setting_of(element, "default_action");
    return is_ours(element) && action && !is_fail_open(*action);
  }

  void note(std::string sentence) { plan_.notes.push_back(std::move(sentence)); }

  void change_main(const std::string& name, std::string text, std::string why) {
    plan_.changes.push_back({.file = postfix_.main_path(),
                             .setting = name,
                             .before = find_parameter(text_.main, name),
                             .after = find_parameter(text, name),
                             .why = std::move(why)});
    text_.main = std::move(text);
    touched_.push_back(name);
  }

  void change_service(std::size_t index, const std::string& name, const std::string& value,
                      std::string why) {
    const Service service = parse_services(text_.master)[index];
    plan_.changes.push_back({.file = postfix_.master_path(),
                             .setting = fmt::format("{}: {}", service.title(), name),
                             .before = service.find(name),
                             .after = value,
                             .why = std::move(why)});
    text_.master = with_override(text_.master, index, name, value);
    touched_.push_back(fmt::format("{}/{}", service.title(), name));
  }

  Result<std::string> value(const std::string& name) {
    BS_TRY_VOID(draft_.put(text_));
    return draft_.value(name);
  }

  // A list of milters in main.cf gets our socket first.
  Result<void> plan_list(const std::string& name, const std::string& why) {
    BS_TRY(const std::string in_force, value(name));
    const std::vector<std::string> elements = split_list(in_force);
    if (!elements.empty() && is_ours(elements.front()) && !is_strict(elements.front())) return {};
    const std::string raw = find_parameter(text_.main, name).value_or("");
    const std::vector<std::string> written = split_list(raw);
    const auto ours = [this](std::string_view element) { return is_ours(element); };
    const bool elsewhere = std::any_of(elements.begin(), elements.end(), ours) &&
                           std::none_of(written.begin(), written.end(), ours);
    if (elsewhere) {
      note(
          fmt::format("{} names {} through another parameter and not as its first: put it first "
                      "there by hand",
                      name, socket_));
      return {};
    }
    const std::string rest = without_elements(text_.main, name, ours);
    change_main(name, with_first_element(rest, name, socket_), why);
    return {};
  }

  Result<void> plan_fail_open() {
    BS_TRY(const std::string action, value("milter_default_action"));
    if (is_fail_open(action)) return {};
    std::string why = "while Backstop is down or slow, mail flows";
    BS_TRY(const std::string list, value("smtpd_milters"));
    for (const std::string& element : split_list(list)) {
      if (is_ours(element) || setting_of(element, "default_action")) continue;
      why += fmt::format(
          "; it holds for {} too: where that one is to stop mail as before, write it as {{ {}, "
          "default_action={} }}",
          socket_of(element), socket_of(element), action);
    }
    change_main("milter_default_action",
                with_parameter(text_.main, "milter_default_action", "accept"), std::move(why));
    return {};
  }

  Result<void> plan_header_checks();
  Result<void> plan_services();
  void plan_milters_of(std::size_t index, const Service& service, ServiceRole role,
                       const std::map<std::string, std::string>& in_force);
  void plan_submission(std::size_t index, const Service& service);
  Result<void> plan_reinjected(std::size_t index, const Service& service);
  void plan_checks_of(std::size_t index, const Service& service);
  Result<void> plan_delimiter();
  Result<void> plan_tag_map();
  void note_rewriting();
  Result<void> check_original_recipients();
  Result<void> plan_command_filter();
  Result<void> plan_files();
  Result<void> plan_table(const std::string& path, const std::string& content,
                          const std::string& setting, const std::string& why);

  std::string map_reference() const { return "regexp:" + header_map_path(postfix_); }

  const Postfix& postfix_;
  PostfixDraft draft_;
  PostfixText before_;
  PostfixText text_;
  std::string socket_;
  const PostfixTags& tags_;
  Plan plan_;
  std::vector<std::string> touched_;
};

Result<void> Planner::plan_header_checks() {
  const std::string name = "header_checks";
  const std::string nested = "nested_header_checks";
  BS_TRY(const std::string in_force, value(name));
  const std::vector<std::string> elements = split_list(in_force);
  if (std::find(elements.begin(), elements.end(), map_reference()) != elements.end()) return {};
  const std::string raw = find_parameter(text_.main, name).value_or("");
  const std::string raw_nested = find_parameter(text_.main, nested).value_or("$header_checks");
  if (raw_nested.find("header_checks") != std::string::npos && raw_nested.front() == '$') {
    change_main(nested, with_parameter(text_.main, nested, raw),
                "the headers of returned messages stay as they came: they are what bounces are "
                "judged by");
  }
  change_main(name, with_first_element(text_.main, name, map_reference()),
              "a Backstop-Verdict from outside is taken out, even while Backstop is down");
  return {};
}

Result<void> Planner::plan_services() {
  const std::vector<Service> services = parse_services(text_.master);
  std::vector<std::string> filters;
  BS_TRY(const std::string filter, value("content_filter"));
  filters.push_back(filter);
  for (const Service& service : services)
    filters.push_back(service.find("content_filter").value_or(""));
  BS_TRY(const auto in_force, draft_.settings(true));
  for (std::size_t i = 0; i < services.size(); ++i) {
    const Service& service = services[i];
    const ServiceRole role = role_of(service, filters);
    if (role == ServiceRole::Canary) continue;
    plan_milters_of(i, service, role, in_force);
    if (role == ServiceRole::Submission) plan_submission(i, service);
    if (role == ServiceRole::Cleanup) plan_checks_of(i, service);
    if (role == ServiceRole::Reinjected) BS_TRY_VOID(plan_reinjected(i, service));
  }
  return {};
}

void Planner::plan_milters_of(std::size_t index, const Service& service, ServiceRole role,
                              const std::map<std::string, std::string>& in_force) {
  const bool smtpd = role == ServiceRole::Receiving || role == ServiceRole::Submission;
  const std::string options = service.find("receive_override_options").value_or("");
  for (const std::string name : {"smtpd_milters", "non_smtpd_milters"}) {
    const auto raw = service.find(name);
    if (role == ServiceRole::Reinjected) {
      if (!raw && name == "smtpd_milters" && options.find("no_milters") == std::string::npos)
        plan_.second_passes.push_back(service.title());
      continue;
    }
    if (!raw) continue;
    const auto found = in_force.find(fmt::format("{}/{}", service.title(), name));
    std::vector<std::string> elements = split_list(found == in_force.end() ? *raw : found->second);
    if (elements.empty() && (!smtpd || name != "smtpd_milters" || is_loopback(service))) {
      note(fmt::format("{} switches milters off and is left so", service.title()));
      continue;
    }
    if (!elements.empty() && is_ours(elements.front()) && !is_strict(elements.front())) continue;
    std::vector<std::string> written = split_list(*raw);
    std::erase_if(written, [this](const std::string& element) { return is_ours(element); });
    written.insert(written.begin(), socket_);
    change_service(index, name, join_list(written),
                   "this service has a list of its own, which hides the one in main.cf");
  }
  if (const auto action = service.find("milter_default_action"); action && !is_fail_open(*action)) {
    change_service(index, "milter_default_action", "accept",
                   "this service has an answer of its own for milters that are down, and mail must "
                   "flow here too");
  }
  if (smtpd && options.find("no_milters") != std::string::npos) {
    note(fmt::format("{} has receive_override_options=no_milters, so Backstop sees nothing of it",
                     service.title()));
  }
}

void Planner::plan_submission(std::size_t index, const Service& service) {
  const std::string name = "milter_macro_daemon_name";
  const auto said = service.find(name);
  if (said == "ORIGINATING") return;
  if (said) {
    note(
        fmt::format("{} calls itself {} towards milters and is left so: what users send there is "
                    "known as ours by their login alone",
                    service.title(), *said));
    return;
  }
  change_service(
      index, name, "ORIGINATING",
      "what our users hand in here is ours, and is signed, whatever network they are in");
}

// A second look at what was filtered would take away the verdict of the first.
Result<void> Planner::plan_reinjected(std::size_t index, const Service& service) {
  const std::string name = "receive_override_options";
  std::string options;
  if (const auto own = service.find(name)) {
    options = *own;
  } else {
    BS_TRY(options, draft_.value(name));
  }
  if (options.find("no_header_body_checks") != std::string::npos) return {};
  std::vector<std::string> words = split_list(options);
  words.emplace_back("no_header_body_checks");
  change_service(index, name, fmt::format("{}", fmt::join(words, ",")),
                 "what a content filter hands back has its verdict already, and keeps it");
  return {};
}

void Planner::plan_checks_of(std::size_t index, const Service& service) {
  const auto raw = service.find("header_checks");
  if (!raw) return;
  std::vector<std::string> elements = split_list(*raw);
  if (elements.empty()) {
    note(fmt::format("{} looks at no headers and is left so", service.title()));
    return;
  }
  if (std::find(elements.begin(), elements.end(), map_reference()) != elements.end()) return;
  if (!service.find("nested_header_checks")) {
    change_service(index, "nested_header_checks", join_list(elements),
                   "the headers of returned messages stay as they came");
  }
  elements.insert(elements.begin(), map_reference());
  change_service(index, "header_checks", join_list(elements),
                 "this service has a list of its own, which hides the one in main.cf");
}

// Postfix takes each character of its delimiter for one.
Result<void> Planner::plan_delimiter() {
  const std::string name = "recipient_delimiter";
  BS_TRY(const std::string in_force, value(name));
  if (in_force.find(tags_.delimiter) != std::string::npos) return {};
  change_main(name, with_parameter(text_.main, name, in_force + tags_.delimiter),
              "user+prvs=TAG@ is mail for user@, whom Postfix then finds by itself");
  return {};
}

Result<void> Planner::plan_tag_map() {
  if (tags_.domains.empty())
    return fail(
        Errc::NotFound, "domains",
        "names no domain yet whose tags are to be known; write [domains.\"example.com\"] into "
        "backstop.toml, then come again");
  note_rewriting();
  BS_TRY(const std::string types, postfix_.ask({"-m"}));
  const std::vector<std::string> known = split_list(types);
  for (const char* const type : {"pipemap", "socketmap", "regexp"}) {
    if (std::find(known.begin(), known.end(), type) == known.end()) {
      return fail(Errc::Unsupported, "postconf -m",
                  fmt::format("knows no {} tables, so this Postfix cannot ask whom mail for a "
                              "tagged address is for; use tag = \"subaddress\"",
                              type));
    }
  }
  const std::string name = "recipient_canonical_maps";
  BS_TRY(const std::string in_force, value(name));
  const std::string map = render_canonical_map(tags_, tagged_table_path(postfix_));
  const std::vector<std::string> elements = split_list(in_force);
  if (std::find(elements.begin(), elements.end(), map) == elements.end()) {
    const auto ours = [this](std::string_view element) {
      return element.find(tagged_table_path(postfix_)) != std::string_view::npos;
    };
    change_main(name, with_first_element(without_elements(text_.main, name, ours), name, map),
                "mail for prvs=TAG=user@ is for user@: without this every bounce to a tagged "
                "sender is refused as for an unknown user");
  }
  // A map of others may be meant for header fields as well.
  const std::string classes = "recipient_canonical_classes";
  const bool alone = std::all_of(elements.begin(), elements.end(), [this](const std::string& one) {
    return one.find(tagged_table_path(postfix_)) != std::string::npos;
  });
  if (!alone || find_parameter(text_.main, classes)) return {};
  change_main(classes, with_parameter(text_.main, classes, "envelope_recipient"),
              "header fields stay as they came");
  return {};
}

// What Postfix does to a sender behind the milter changes it under its tag.
void Planner::note_rewriting() {
  for (const char* const name :
       {"sender_canonical_maps", "canonical_maps", "masquerade_domains", "smtp_generic_maps"}) {
    const auto in_force = value(name);
    if (!in_force || in_force->empty()) continue;
    note(fmt::format(
        "{} may change senders after they got their tag, which then proves nothing, and "
        "its bounces are refused: list those senders in addresses.tag_exempt_senders",
        name));
  }
}

bool takes_no_original_recipient(std::string_view keywords) {
  const std::vector<std::string> list = split_list(ascii::lower(std::string(keywords)));
  return std::find(list.begin(), list.end(), "dsn") != list.end();
}

// Where any service would answer 501 to what the filter writes.
Result<void> Planner::check_original_recipients() {
  constexpr std::string_view kWhy =
      "so Postfix may take no original recipient, and would refuse every tagged one: change that, "
      "or "
      "come again without --strict";
  BS_TRY(const std::string by_client, value("smtpd_discard_ehlo_keyword_address_maps"));
  if (!by_client.empty())
    return fail(Errc::Unsupported, "smtpd_discard_ehlo_keyword_address_maps",
                fmt::format("hides extensions from clients, {}", kWhy));
  BS_TRY(const std::string discarded, value("smtpd_discard_ehlo_keywords"));
  if (takes_no_original_recipient(discarded))
    return fail(Errc::Unsupported, "smtpd_discard_ehlo_keywords",
                fmt::format("holds dsn, {}", kWhy));
  for (const Service& service : parse_services(text_.master)) {
    const bool hides =
        takes_no_original_recipient(service.find("smtpd_discard_ehlo_keywords").value_or("")) ||
        !service.find("smtpd_discard_ehlo_keyword_address_maps").value_or("").empty();
    if (hides)
      return fail(Errc::Unsupported, service.title(),
                  fmt::format("hides dsn from its clients, {}", kWhy));
    if (service.find("smtpd_command_filter"))
      note(fmt::format(
          "{} has a smtpd_command_filter of its own: there a right tag of a user who is "
          "gone is taken all the same",
          service.title()));
  }
  return {};
}

// There is room for one such table only.
Result<void> Planner::plan_command_filter() {
  BS_TRY_VOID(check_original_recipients());
  const std::string name = "smtpd_command_filter";
  const std::string table = "regexp:" + command_table_path(postfix_);
  BS_TRY(const std::string in_force, value(name));
  if (in_force == table) return {};
  if (!in_force.empty()) {
    return fail(Errc::Exists, name,
                fmt::format("is \"{}\", and Postfix takes only one: write the lines of {} into "
                            "that table by hand, or come again without --strict",
                            in_force, command_table_path(postfix_)));
  }
  change_main(name, with_parameter(text_.main, name, table),
              "the tag is taken off before Postfix looks for the user, so that one who is gone is "
              "refused though the tag is right");
  return {};
}

// A table of ours, when something names it: made, or brought up to date.
Result<void> Planner::plan_table(const std::string& path, const std::string& content,
                                 const std::string& setting, const std::string& why) {
  auto found = read_rooted(postfix_.root(), path);
  if (!found && found.error().code != Errc::NotFound) return tl::unexpected<Error>(found.error());
  if (found && !found->starts_with(kTagTableMark)) {
    return fail(Errc::Exists, path,
                "holds something else than Backstop's own line: move it away, then come back");
  }
  const bool used =
      text_.main.find(path) != std::string::npos || text_.master.find(path) != std::string::npos;
  if (!used || (found && *found == content)) return {};
  plan_.changes.push_back(
      {.file = path,
       .setting = setting,
       .before = found ? std::optional<std::string>("other lines") : std::nullopt,
       .after = "its lines",
       .why = why});
  plan_.files.push_back({.path = path,
                         .before = found ? std::optional(*std::move(found)) : std::nullopt,
                         .after = content});
  return {};
}

Result<void> Planner::plan_files() {
  BS_TRY_VOID(plan_table(header_map_path(postfix_), std::string(kMap), "/^Backstop-Verdict/",
                         "the line that header_checks reads"));
  if (tags_.prvs) {
    BS_TRY_VOID(plan_table(tagged_table_path(postfix_), render_tagged_table(tags_),
                           "addresses with a tag", "which recipients Backstop is asked about"));
  }
  if (tags_.prvs && tags_.strict) {
    BS_TRY_VOID(plan_table(command_table_path(postfix_), render_command_table(tags_),
                           "RCPT with a tag", "how the tag is taken off in the command"));
  }
  // What names the map comes after it; what opens the door comes last.
  if (text_.master != before_.master)
    plan_.files.push_back(
        {.path = postfix_.master_path(), .before = before_.master, .after = text_.master});
  if (text_.main != before_.main)
    plan_.files.push_back(
        {.path = postfix_.main_path(), .before = before_.main, .after = text_.main});
  return {};
}

}  // namespace

std::string header_map_path(const Postfix& postfix) {
  return postfix.config_directory() + "/backstop_header_checks";
}

std::string tagged_table_path(const Postfix& postfix) {
  return postfix.config_directory() + "/backstop_tagged";
}

std::string command_table_path(const Postfix& postfix) {
  return postfix.config_directory() + "/backstop_commands";
}

PostfixTags find_tags(const Postfix& postfix, const PostfixText& text) {
  const auto names = [&text](std::string_view parameter, const std::string& table) {
    return find_parameter(text.main, parameter).value_or("").find(table) != std::string::npos;
  };
  PostfixTags out;
  out.prvs = names("recipient_canonical_maps", tagged_table_path(postfix));
  out.strict = names("smtpd_command_filter", command_table_path(postfix));
  return out;
}

Result<Plan> plan_setup(const Postfix& postfix, const PostfixText& text, const std::string& socket,
                        const PostfixTags& tags, const PostfixCanary& canary) {
  BS_TRY(PostfixDraft draft, PostfixDraft::make(postfix));
  BS_TRY(Plan plan, Planner(postfix, std::move(draft), text, socket, tags).plan());
  BS_TRY_VOID(plan_canary(postfix, text, canary, plan));
  return plan;
}

}  // namespace backstop::mta
