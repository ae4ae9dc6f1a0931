// backstop setup: makes the mail server ask Backstop, or ask it no longer.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/settings.h"
#include "app/setup_exim.h"
#include "app/setup_report.h"
#include "app/setup_sendmail.h"
#include "app/setup_socket.h"
#include "app/setup_tags.h"
#include "edge/mta/other_server.h"
#include "edge/os/clock.h"

namespace backstop::app {
namespace {

struct Options {
  Settings settings;
  bool config_named = false;
  bool apply = false;
  bool remove = false;
  bool dry_run = false;
  bool reload = false;
  bool json = false;
  bool force = false;
  std::string root = "/";
  std::string mta;  // "" finds out.
  std::string tag;
  TagsAsked tags;  // By `tag`.
  std::string quarantine_to;
};

std::string config_path(const Options& options) {
  return config_path_below(options.root, options.settings, options.config_named);
}

void print_other(const Options& options, std::string_view mta, const std::string& sentence,
                 const std::string& lines) {
  if (options.json) {
    const nlohmann::json line = {
        {"v", 1}, {"mta", mta}, {"state", "by-hand"}, {"lines", lines}, {"next", {sentence}}};
    fmt::print("{}\n", line.dump());
  } else {
    fmt::print("{}\n{}{}", sentence, lines.empty() ? "" : "\n", lines);
  }
}

int run_exim(const Options& options) {
  if (options.remove) {
    print_other(
        options, "exim",
        "Take out of Exim's configuration what names BACKSTOP_ or backstop_, then run: exim4 "
        "-bV && systemctl restart exim4",
        "");
    return kExitFound;
  }
  Settings settings;
  settings.config_path = config_path(options);
  const auto config = load_config(settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  if (const auto named = mail::parse_path(options.quarantine_to);
      !options.quarantine_to.empty() &&
      (!named || named->is_null() || named->text() != options.quarantine_to))
    return report_error(
        Error{Errc::Invalid, "--quarantine-to", "wants a mailbox, as held@example.com"},
        kExitUsage);
  EximSetup setup{.tags = {}, .quarantine_to = options.quarantine_to, .json = options.json};
  setup.tags.prvs = wants_tags(*config, options.tags, proof::TagStyle::Prvs);
  setup.tags.sub_address = wants_tags(*config, options.tags, proof::TagStyle::SubAddress);
  setup.tags.delimiter = config->tags.delimiter;
  return print_exim_setup(*config, setup);
}

int run_sendmail(const Options& options) {
  const SendmailSetup setup{.root = options.root,
                            .config_path = config_path(options),
                            .tags = options.tags,
                            .writes = (options.apply || options.remove) && !options.dry_run,
                            .json = options.json};
  return options.remove ? remove_from_sendmail(setup) : set_up_sendmail(setup);
}

int run_other(const Options& options) {
  const auto other = mta::find_other_server(options.root);
  if (!other) {
    return report_error(
        Error{Errc::NotFound, options.root,
              "holds no mail server that setup knows: neither Postfix nor Exim nor Sendmail"},
        kExitFound);
  }
  return *other == mta::OtherServer::Exim ? run_exim(options) : run_sendmail(options);
}

Result<mta::Plan> make_plan(const Options& options, const mta::Postfix& postfix,
                            const mta::PostfixText& text, const std::string& socket,
                            const std::optional<mta::Record>& record) {
  if (options.remove) {
    const bool tags_too = options.tags.named && !options.tags.style;
    return mta::plan_removal(postfix, text, socket, record,
                             tags_too ? mta::Removal::All : mta::Removal::AllButTags);
  }
  Settings settings;
  settings.config_path = config_path(options);
  const config::Config config = load_config(settings).value_or(config::Config{});
  BS_TRY(const mta::PostfixTags tags, choose_tags(config, postfix, text, options.tags));
  BS_TRY(mta::Plan plan, mta::plan_setup(postfix, text, socket, tags, canary_of(config)));
  if (!config.relays.reinject.empty()) return plan;
  for (const std::string& service : plan.second_passes) {
    plan.notes.push_back(
        fmt::format("{} takes mail back from a content filter and passes it to Backstop a second "
                    "time: name the filter's address in relays.reinject of backstop.toml",
                    service));
  }
  return plan;
}

void say_next(const Options& options, SetupReport& report, const SetupSocket& socket) {
  if (report.state == SetupState::RolledBack) return;
  if (report.removal) {
    const auto config = [&] {
      Settings settings;
      settings.config_path = config_path(options);
      return load_config(settings).value_or(config::Config{});
    }();
    report.next = say_what_stays(config.keys_directory, config.lifetime, os::SystemClock().now());
    if (report.state == SetupState::NothingToDo) report.next.clear();
    if (const auto left = mta::find_tags(*report.postfix, report.plan.text);
        left.prvs || left.strict) {
      report.next.push_back(
          "Mail for tagged senders still finds its way: keep backstopd running for that. Once no "
          "tag is awaited any more: backstop setup --remove --tag none");
    }
  } else {
    report.next = socket.notes;
    if (!is_answered(*report.postfix, report.socket)) {
      report.next.push_back(fmt::format(
          "Nobody listens at {} yet: run 'systemctl restart backstopd'; until then mail flows, "
          "unsigned and not judged",
          report.socket));
    }
  }
  if (report.state == SetupState::Done && !report.reload)
    report.next.insert(report.next.begin(), "Make it work: postfix reload");
  if (!report.removal && report.state != SetupState::Proposed)
    report.next.push_back("Look at the whole: backstop check");
}

// Writes the plan.  Errors: as mta::change_postfix.
Result<void> carry_out(const Options& options, SetupReport& report, const mta::PostfixText& text,
                       const std::optional<mta::Record>& record) {
  const mta::Postfix& postfix = *report.postfix;
  std::optional<mta::Record> next;
  const mta::PostfixTags left = mta::find_tags(postfix, report.plan.text);
  const bool tags_stay = options.remove && (left.prvs || left.strict);
  if (!options.remove && report.plan.files.empty()) {
    next = record;  // Only a directory is made: nothing of Postfix's changes.
  } else if (tags_stay && record) {
    next = mta::Record{.before = record->before, .after = report.plan.text};
  } else if (!options.remove) {
    BS_TRY(next, mta::make_record(postfix, text, report.plan, report.socket, record));
  }
  BS_TRY(report.done, mta::change_postfix(postfix, report.plan, next, report.directory,
                                          os::SystemClock().now()));
  if (report.done->ending == mta::Ending::RolledBack) {
    report.state = SetupState::RolledBack;
    return {};
  }
  report.state = SetupState::Done;
  if (options.remove && !tags_stay) {
    const auto directory = mta::find_socket_directory(postfix, report.socket);
    if (directory && !mta::remove_socket_directory(postfix, *directory)) {
      report.plan.notes.push_back(
          fmt::format("{} is not empty and stays until backstopd has stopped; then remove it",
                      directory->path));
    }
  }
  if (options.reload) {
    BS_TRY(report.reload, postfix.run("reload"));
  }
  return {};
}

Result<SetupReport> set_up(const Options& options, const mta::Postfix& postfix) {
  SetupReport report;
  report.removal = options.remove;
  report.postfix = &postfix;
  BS_TRY(const mta::PostfixText text, postfix.read());
  BS_TRY(const SetupSocket socket, choose_socket(postfix, text, config_path(options)));
  report.socket = socket.text;
  BS_TRY(const auto record, mta::read_record(postfix));
  BS_TRY(report.plan, make_plan(options, postfix, text, socket.text, record));
  if (!options.remove) {
    report.directory = mta::find_socket_directory(postfix, socket.text);
    if (report.directory && report.directory->is_right) report.directory.reset();
  }
  const bool nothing = report.plan.files.empty() && !report.directory;
  const bool writes = (options.apply || options.remove) && !options.dry_run;
  if (!nothing) report.state = SetupState::Proposed;
  if (!nothing && writes) BS_TRY_VOID(carry_out(options, report, text, record));
  say_next(options, report, socket);
  return report;
}

Result<void> may_take_tags_out(const Options& options) {
  if (!options.remove || !options.tags.named || options.tags.style || options.force ||
      options.dry_run)
    return {};
  return may_forget_tags(config_path(options), options.root, os::SystemClock().now());
}

int run_setup(const Options& options) {
  if (auto may = may_take_tags_out(options); !may) return report_error(may.error(), kExitFound);
  if (options.mta == "exim") return run_exim(options);
  if (options.mta == "sendmail") return run_sendmail(options);
  const auto postfix = mta::Postfix::find(options.root);
  if (!postfix && postfix.error().code == Errc::NotFound && postfix.error().where == "postconf" &&
      options.mta.empty())
    return run_other(options);
  if (!postfix) return report_error(postfix.error(), kExitFound);
  const auto report = set_up(options, *postfix);
  if (!report) {
    const bool ours = report.error().where.starts_with(config_path(options));
    return report_error(report.error(), ours ? kExitBadConfig : kExitFound);
  }
  print_setup(*report, options.json);
  const bool failed =
      report->state == SetupState::RolledBack || (report->reload && report->reload->exit_code != 0);
  return failed ? kExitFound : kExitGood;
}

}  // namespace

void add_setup_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command =
      app.add_subcommand("setup", "Make the mail server ask Backstop, or no longer");
  const auto options = std::make_shared<Options>();
  auto* const config = command->add_option("-c,--config", options->settings.config_path,
                                           "The configuration file; it says where we listen");
  auto* const apply = command->add_flag("--apply", options->apply,
                                        "Write it; without, only show what would change");
  auto* const remove =
      command->add_flag("--remove", options->remove, "Take everything out again")->excludes(apply);
  command->add_flag("--dry-run", options->dry_run, "With --remove: only show what would change")
      ->excludes(apply)
      ->needs(remove);
  command->add_flag("--reload", options->reload, "Afterwards make Postfix read it: postfix reload");
  command
      ->add_option("--root", options->root,
                   "The mail server lives below this directory; its commands run chrooted there")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  command
      ->add_option("--mta", options->mta,
                   "Which one, wherever it runs: postfix is changed, exim says what belongs into "
                   "its configuration, sendmail writes a file for sendmail.mc to include")
      ->check(CLI::IsMember({"postfix", "exim", "sendmail"}));
  command->add_flag("--force", options->force,
                    "With --remove --tag none: although answers to tagged senders may still come");
  auto* const tag = command->add_option(
      "--tag", options->tag,
      "The tags of senders that the mail server must know; as the domains are "
      "configured, if not given. With none, nothing is added; what stands there "
      "of tags goes only with --remove --tag none");
  tag->check(CLI::IsMember({"none", "prvs", "subaddress"}))->type_name("none|prvs|subaddress");
  command->add_flag(
      "--strict", options->tags.strict,
      "With Postfix and prvs: take the tag off in RCPT already, so that Postfix looks "
      "for the user and refuses one who is gone");
  command
      ->add_option("--quarantine-to", options->quarantine_to,
                   "With Exim: the mailbox for what is to be held; else it is frozen in the queue")
      ->type_name("ADDRESS");
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(render_examples(
      {"backstop setup                     shows each line that would change, and why",
       "backstop setup --apply --reload    backup, change, postfix check, reload; all back if it "
       "fails",
       "backstop setup --remove --dry-run  shows how it would be taken out again",
       "backstop setup --tag prvs --apply  before domains.*.tag = \"prvs\": lets tagged addresses "
       "in",
       "backstop setup --remove --tag none --dry-run  takes out what knows of tags as well",
       "backstop setup --mta exim --tag prvs  prints what belongs into Exim's configuration",
       "backstop setup --mta sendmail --tag prvs --apply  writes /etc/mail/m4/backstop.m4",
       "backstop setup --root /srv/mx1     a mail server in a tree or a container's root"}));
  command->callback([options, config, tag, &chosen] {
    options->config_named = config->count() > 0;
    options->tags.named = tag->count() > 0;
    if (options->tag == "prvs") options->tags.style = proof::TagStyle::Prvs;
    if (options->tag == "subaddress") options->tags.style = proof::TagStyle::SubAddress;
    options->root = std::filesystem::absolute(options->root).lexically_normal().string();
    while (options->root.size() > 1 && options->root.back() == '/')
      options->root.pop_back();
    chosen.run = [options] { return run_setup(*options); };
  });
}

}  // namespace backstop::app
