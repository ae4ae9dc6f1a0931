#include <fmt/format.h>

#include <algorithm>

#include "edge/mta/main_cf.h"
#include "edge/mta/milter_list.h"
#include "edge/mta/postfix_plan.h"
#include "edge/mta/rooted_file.h"
#include "edge/mta/service_role.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kNoRecord =
    "is left as it is, since nothing says what it was before; change it by hand if you wish";

// What setup may have set besides lists of milters and of checks.
constexpr std::string_view kValues[] = {"milter_default_action", "nested_header_checks",
                                        "milter_macro_daemon_name", "receive_override_options"};
constexpr std::string_view kLists[] = {"smtpd_milters", "non_smtpd_milters", "header_checks"};
// The same of tags; in main.cf only.
constexpr std::string_view kTagValues[] = {"recipient_canonical_classes", "smtpd_command_filter",
                                           "recipient_delimiter"};
constexpr std::string_view kTagList = "recipient_canonical_maps";

// One setting of one place, in main.cf or on a service, in three states.
struct Setting {
  std::optional<std::string> now;
  std::optional<std::string> before;  // As of the record.
  std::optional<std::string> after;
};

struct Undone {
  bool changes = false;
  std::optional<std::string> value;  // Nothing: it goes.
  std::string why;
};

class Remover {
 public:
  Remover(const Postfix& postfix, const PostfixText& text, std::string socket,
          const std::optional<Record>& record, bool keeps_tags)
      : postfix_(postfix),
        start_(text),
        text_(text),
        socket_(std::move(socket)),
        record_(record),
        keeps_tags_(keeps_tags) {
    if (record) {
      services_before_ = parse_services(record->before.master);
      services_after_ = parse_services(record->after.master);
    }
  }

  Result<Plan> plan() {
    if (!keeps_tags_ && record_ && text_ == record_->after && !names_us(record_->before)) {
      plan_whole();
    } else {
      undo_main();
      undo_master();
      BS_TRY_VOID(verify_only(postfix_, start_, text_, touched_));
    }
    BS_TRY_VOID(plan_files());
    plan_.text = text_;
    return std::move(plan_);
  }

 private:
  bool is_ours(std::string_view element) const {
    return is_same_socket(socket_of(element), socket_, postfix_.queue_directory()) ||
           element.ends_with(":" + header_map_path(postfix_)) ||
           element.find(tagged_table_path(postfix_)) != std::string_view::npos;
  }

  // Nobody touched the files since: they become what they were, byte for byte.
  void plan_whole() {
    const std::string why = "the file becomes what it was before, byte for byte";
    if (text_.main != record_->before.main)
      plan_.changes.push_back({postfix_.main_path(), "", std::nullopt, std::nullopt, why});
    if (text_.master != record_->before.master)
      plan_.changes.push_back({postfix_.master_path(), "", std::nullopt, std::nullopt, why});
    text_ = record_->before;
  }

  static bool is_list(std::string_view name) {
    return name == kTagList ||
           std::find(std::begin(kLists), std::end(kLists), name) != std::end(kLists);
  }

  // Somebody may have written our socket there by hand, before setup ever ran.
  bool names_us(const PostfixText& text) const {
    const auto holds = [this](const std::optional<std::string>& list) {
      const auto elements = split_list(list.value_or(""));
      return std::any_of(elements.begin(), elements.end(),
                         [this](const std::string& element) { return is_ours(element); });
    };
    const auto services = parse_services(text.master);
    return std::any_of(std::begin(kLists), std::end(kLists), [&](std::string_view name) {
      return holds(find_parameter(text.main, name)) ||
             std::any_of(services.begin(), services.end(),
                         [&](const Service& service) { return holds(service.find(name)); });
    });
  }

  Undone undo(std::string_view name, const Setting& setting) const {
    if (!setting.now) return {};
    // As we left it, and we changed it.
    const bool changed_by_us =
        record_ && setting.now == setting.after && setting.after != setting.before;
    if (changed_by_us && (!setting.before || !is_list(name)))
      return {true, setting.before, "it becomes what it was before"};
    if (!is_list(name)) return {};
    const std::string& value = changed_by_us ? *setting.before : *setting.now;
    std::vector<std::string> elements = split_list(value);
    const auto count =
        std::erase_if(elements, [this](const std::string& element) { return is_ours(element); });
    if (count == 0) {
      if (!changed_by_us) return {};
      return {true, setting.before, "it becomes what it was before"};
    }
    const bool goes = elements.empty() && (!setting.before || *setting.before != "");
    return {true, goes ? std::nullopt : std::optional(join_list(elements)),
            "Backstop's entry is taken out, the others stay"};
  }

  // A value of ours that nothing is recorded of.
  void note_left(const std::string& where, std::string_view name,
                 const std::optional<std::string>& now) {
    const bool ours = now && ((name == "milter_default_action" && *now == "accept") ||
                              (name == "milter_macro_daemon_name" && *now == "ORIGINATING"));
    if (!record_ && ours)
      plan_.notes.push_back(fmt::format("{}{} = {} {}", where, name, *now, kNoRecord));
  }

  void undo_main() {
    const auto undo_one = [this](std::string_view name) {
      const Setting setting{
          .now = find_parameter(text_.main, name),
          .before = record_ ? find_parameter(record_->before.main, name) : std::nullopt,
          .after = record_ ? find_parameter(record_->after.main, name) : std::nullopt};
      Undone undone = undo(name, setting);
      if (!undone.changes) {
        note_left("", name, setting.now);
        return;
      }
      plan_.changes.push_back({postfix_.main_path(), std::string(name), setting.now, undone.value,
                               std::move(undone.why)});
      touched_.emplace_back(name);
      if (!undone.value)
        text_.main = without_parameter(text_.main, name);
      else if (is_list(name) && undone.value != setting.before)
        text_.main = without_elements(
            text_.main, name, [this](std::string_view element) { return is_ours(element); });
      else
        text_.main = with_parameter(text_.main, name, *undone.value);
    };
    for (const std::string_view name : kLists)
      undo_one(name);
    for (const std::string_view name : kValues)
      undo_one(name);
    if (keeps_tags_) return;
    undo_one(kTagList);
    for (const std::string_view name : kTagValues)
      undo_one(name);
    text_.main = without_section_comment(text_.main);
  }

  static std::optional<std::string> find_in(const std::vector<Service>& services,
                                            const Service& service, std::string_view name) {
    for (const Service& each : services)
      if (each.title() == service.title()) return each.find(name);
    return std::nullopt;
  }

  void undo_master() {
    const std::vector<Service> services = parse_services(text_.master);
    for (std::size_t i = 0; i < services.size(); ++i) {
      // It goes as a whole: without its name it would be one that takes any client's word.
      if (role_of(services[i], {}) == ServiceRole::Canary) continue;
      for (const std::string_view name : kLists)
        undo_override(i, services[i], name);
      for (const std::string_view name : kValues)
        undo_override(i, services[i], name);
    }
  }

  void undo_override(std::size_t index, const Service& service, std::string_view name) {
    const Setting setting{.now = service.find(name),
                          .before = find_in(services_before_, service, name),
                          .after = find_in(services_after_, service, name)};
    Undone undone = undo(name, setting);
    if (!undone.changes) {
      note_left(service.title() + ": ", name, setting.now);
      return;
    }
    plan_.changes.push_back({postfix_.master_path(), fmt::format("{}: {}", service.title(), name),
                             setting.now, undone.value, std::move(undone.why)});
    touched_.push_back(fmt::format("{}/{}", service.title(), name));
    text_.master = undone.value ? with_override(text_.master, index, name, *undone.value)
                                : without_override(text_.master, index, name);
  }

  Result<void> plan_files() {
    // What opened the door goes first.
    if (text_.main != start_.main)
      plan_.files.push_back({postfix_.main_path(), start_.main, text_.main});
    if (text_.master != start_.master)
      plan_.files.push_back({postfix_.master_path(), start_.master, text_.master});
    BS_TRY_VOID(plan_table(header_map_path(postfix_), "/^Backstop-Verdict/", "IGNORE"));
    if (keeps_tags_) return {};
    BS_TRY_VOID(plan_table(tagged_table_path(postfix_), "addresses with a tag", "its lines"));
    return plan_table(command_table_path(postfix_), "RCPT with a tag", "its lines");
  }

  Result<void> plan_table(const std::string& path, const char* setting, const char* content) {
    if (text_.main.find(path) != std::string::npos ||
        text_.master.find(path) != std::string::npos) {
      plan_.notes.push_back(fmt::format("{} stays, since something still names it", path));
      return {};
    }
    auto found = read_rooted(postfix_.root(), path);
    if (!found && found.error().code != Errc::NotFound) return tl::unexpected<Error>(found.error());
    if (!found) return {};
    plan_.changes.push_back(
        {path, setting, content, std::nullopt, "nothing reads this file any more"});
    plan_.files.push_back({path, *std::move(found), std::nullopt});
    return {};
  }

  const Postfix& postfix_;
  PostfixText start_;
  PostfixText text_;
  std::string socket_;
  const std::optional<Record>& record_;
  const bool keeps_tags_;
  std::vector<Service> services_before_;
  std::vector<Service> services_after_;
  Plan plan_;
  std::vector<std::string> touched_;
};

}  // namespace

Result<Plan> plan_removal(const Postfix& postfix, const PostfixText& text,
                          const std::string& socket, const std::optional<Record>& record,
                          Removal what) {
  const PostfixTags tags = find_tags(postfix, text);
  const bool delimiter = record && find_parameter(record->before.main, "recipient_delimiter") !=
                                       find_parameter(record->after.main, "recipient_delimiter");
  const bool keeps_tags = what == Removal::AllButTags && (tags.prvs || tags.strict || delimiter);
  BS_TRY(Plan plan, Remover(postfix, text, socket, record, keeps_tags).plan());
  BS_TRY_VOID(plan_canary_removal(postfix, text, plan));
  return plan;
}

Result<Record> make_record(const Postfix& postfix, const PostfixText& text, const Plan& plan,
                           const std::string& socket, const std::optional<Record>& last) {
  if (!last) return Record{.before = text, .after = plan.text};
  BS_TRY(Plan removal, plan_removal(postfix, text, socket, last, Removal::All));
  return Record{.before = std::move(removal.text), .after = plan.text};
}

}  // namespace backstop::mta
