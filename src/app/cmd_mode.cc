// backstop mode: shows and sets observe, enforce or off.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/confirm.h"
#include "app/enforce_outlook.h"
#include "app/exit_code.h"
#include "app/json_instant.h"
#include "app/mode_card.h"
#include "app/mode_file.h"
#include "app/mode_replay.h"
#include "app/modes_in_force.h"
#include "app/settings.h"
#include "core/base/escape.h"
#include "core/mail/address.h"
#include "edge/os/clock.h"

namespace backstop::app {
namespace {

using policy::Mode;

struct Options {
  Settings settings;
  std::string subject;
  std::string mode;
  bool yes = false;
  bool force = false;
  std::string force_for = "7d";
  bool json = false;
};

std::optional<Mode> parse_mode(std::string_view word) {
  for (const Mode mode : {Mode::Off, Mode::Observe, Mode::Enforce})
    if (policy::name_of(mode) == word) return mode;
  return std::nullopt;
}

// What the command is about, and what is known of it.
struct Subject {
  std::string name;  // A canonical domain or address.
  bool is_address = false;
  const config::Domain* domain = nullptr;  // Null where it is not guarded.
  Mode mode = Mode::Off;                   // As it is written.
  std::optional<Instant> forced_until = {};
};

Result<Subject> find_subject(const config::Config& config, const std::string& text) {
  Subject out;
  out.is_address = text.find('@') != std::string::npos;
  std::string domain = mail::canonical_domain(text);
  if (out.is_address) {
    BS_TRY(const mail::Address address, mail::parse_path(text));
    if (address.local.empty() || address.domain.empty())
      return fail(Errc::Invalid, text, "is no address of a mailbox");
    out.name = mail::canonical(address);
    domain = mail::canonical_domain(address.domain);
    out.mode = config.mode_of(address);
  } else {
    out.name = domain;
  }
  out.domain = config.find_domain(domain);
  if (!out.is_address && out.domain != nullptr) {
    out.mode = out.domain->mode;
    out.forced_until = out.domain->forced_until;
  }
  return out;
}

// How long --force may hold: who needs longer says so again.
constexpr Days kForceLongest{30};

std::string say_since(const config::Domain& domain) {
  return domain.signing_since ? render_instant(*domain.signing_since) : "never";
}

nlohmann::json json_of_unmet(const std::vector<Unmet>& unmet) {
  nlohmann::json out = nlohmann::json::array();
  for (const Unmet& each : unmet)
    out.push_back({{"name", each.name},
                   {"what", each.what},
                   {"todo", each.todo},
                   {"until", json_of(each.until)}});
  return out;
}

// The mode as it is written, and what is in force where that is less.
std::string say_mode(Mode written, Mode in_force) {
  if (written == in_force) return std::string(policy::name_of(written));
  return fmt::format("{} (fell back)", policy::name_of(in_force));
}

// "yes", "from 2026-11-28T06:00:00Z", "no: key, path"
std::string say_may_enforce(const std::vector<Unmet>& unmet) {
  if (unmet.empty()) return "yes";
  if (unmet.size() == 1 && unmet.front().until)
    return "from " + render_instant(*unmet.front().until);
  std::string names;
  for (const Unmet& each : unmet)
    names += (names.empty() ? "no: " : ", ") + each.name;
  return names;
}

int show_modes(const Options& options, const config::Config& config) {
  const EnforceOutlook outlook(config);
  const Instant now = os::SystemClock().now();
  const ModesInForce in_force = outlook.modes(config, now);
  nlohmann::json domains = nlohmann::json::array();
  nlohmann::json addresses = nlohmann::json::array();
  constexpr const char* kRow = "{:<30}  {:<20}  {:<9}  {:<20}  {}\n";
  if (!options.json && !config.domains.empty())
    fmt::print(fmt::runtime(kRow), "domain", "mode", "coverage", "signing since", "may enforce");
  for (const auto& [name, written] : config.domains) {
    const EnforceQuestion question = outlook.question(&written);
    const config::Domain domain = outlook.in_force(written);
    const Mode mode = in_force.config.domains.at(name).mode;
    const auto unmet = unmet_for_enforce(question, now);
    domains.push_back({{"domain", name},
                       {"mode", policy::name_of(written.mode)},
                       {"in_force", policy::name_of(mode)},
                       {"forced_until", json_of(in_force.config.domains.at(name).forced_until)},
                       {"coverage", policy::name_of(domain.coverage)},
                       {"signing_since", say_since(domain)},
                       {"unmet", json_of_unmet(unmet)}});
    if (options.json) continue;
    fmt::print(fmt::runtime(kRow), escape_terminal(name), say_mode(written.mode, mode),
               policy::name_of(domain.coverage), say_since(domain), say_may_enforce(unmet));
  }
  for (const auto& [address, written] : config.address_modes) {
    const Mode mode = in_force.config.address_modes.at(address);
    addresses.push_back({{"address", address},
                         {"mode", policy::name_of(written)},
                         {"in_force", policy::name_of(mode)}});
    if (!options.json)
      fmt::print(fmt::runtime(kRow), escape_terminal(address), say_mode(written, mode), "", "", "");
  }
  for (const std::string& trouble : outlook.trouble())
    fmt::print(stderr, "backstop: {}\n", escape_terminal(trouble));
  if (options.json) {
    const nlohmann::json line = {{"v", 1}, {"domains", domains}, {"addresses", addresses}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return kExitGood;
  }
  if (config.domains.empty())
    fmt::print("No domain is guarded. Begin with: backstop mode example.com observe\n");
  for (const Lapse& lapse : in_force.lapses) {
    fmt::print("\n{} is to enforce, and observes: {}.\n  What to do: {}.\n",
               escape_terminal(lapse.subject), escape_terminal(lapse.why.what),
               escape_terminal(lapse.why.todo));
  }
  for (const Forced& forced : in_force.forced) {
    fmt::print(
        "\n{} enforces although not everything holds, until {}: genuine bounces may be "
        "refused.\n",
        escape_terminal(forced.subject), render_instant(forced.until));
  }
  return kExitGood;
}

int show_one(const Options& options, const Subject& subject) {
  if (options.json) {
    const nlohmann::json line = {{"v", 1},
                                 {"subject", subject.name},
                                 {"guarded", subject.domain != nullptr},
                                 {"mode", policy::name_of(subject.mode)}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else if (subject.domain == nullptr) {
    fmt::print("{} is not guarded\n", escape_terminal(subject.name));
  } else {
    fmt::print("{} is in {}\n", escape_terminal(subject.name), policy::name_of(subject.mode));
  }
  return kExitGood;
}

void print_card(const Subject& subject, Mode mode, const std::vector<Unmet>& unmet, bool tuned) {
  fmt::print("{}: {} -> {}\n\n", escape_terminal(subject.name),
             subject.domain == nullptr ? "not guarded" : policy::name_of(subject.mode),
             policy::name_of(mode));
  fmt::print("What will happen to a bounce that comes in:\n");
  for (const Consequence& each : consequences_of(mode))
    fmt::print("  {:<9} {:<47} {}\n", each.name, "(" + each.what + ")", each.then);
  fmt::print("All other mail is delivered as before, and what {} sends is signed.\n",
             escape_terminal(subject.name));
  if (tuned) fmt::print("Your own [actions] change some of this.\n");
  if (unmet.empty()) return;
  fmt::print("\nNot fulfilled yet for enforce:\n");
  for (const Unmet& each : unmet)
    fmt::print("  {}: {}.\n    What to do: {}.\n", each.name, escape_terminal(each.what),
               escape_terminal(each.todo));
}

// What the mode would have done lately.
void print_replay(const config::Config& config, const Subject& subject, Mode mode, Instant now) {
  if (subject.domain == nullptr || config.store_directory.empty()) return;
  const auto said = say_mode_replay(config, subject.name, mode, now);
  if (said && !said->empty()) {
    fmt::print("\n{}\n", escape_terminal(*said));
  } else if (!said && said.error().code != Errc::NotFound) {
    fmt::print(stderr, "backstop: what it would have done lately cannot be told: {}\n",
               escape_terminal(said.error().text()));
  }
}

void print_result(const Options& options, const Subject& subject, Mode mode,
                  const std::vector<Unmet>& unmet, const std::string& copy,
                  std::optional<std::uint32_t> pid) {
  if (options.json) {
    const nlohmann::json line = {{"v", 1},
                                 {"subject", subject.name},
                                 {"before", policy::name_of(subject.mode)},
                                 {"after", policy::name_of(mode)},
                                 {"changed", !copy.empty()},
                                 {"backup", copy.empty() ? nlohmann::json() : nlohmann::json(copy)},
                                 {"forced", !unmet.empty()},
                                 {"unmet", json_of_unmet(unmet)},
                                 {"told", pid ? nlohmann::json(*pid) : nlohmann::json()}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  if (copy.empty())
    fmt::print("\n{} says so already; nothing is changed.\n", options.settings.config_path);
  else
    fmt::print("\n{} says it now; as it was, it is in {}.\n", options.settings.config_path, copy);
  if (pid) {
    fmt::print("backstopd (process {}) was told to read it; its log says when it is in force.\n",
               *pid);
  } else {
    fmt::print("Make it work: systemctl reload backstopd\n");
  }
}

int refuse_enforce(const Options& options, const Subject& subject,
                   const std::vector<Unmet>& unmet) {
  if (options.json) {
    const nlohmann::json line = {{"v", 1},
                                 {"subject", subject.name},
                                 {"before", policy::name_of(subject.mode)},
                                 {"after", policy::name_of(subject.mode)},
                                 {"changed", false},
                                 {"unmet", json_of_unmet(unmet)}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print(
        "\nNothing is changed: genuine bounces could be lost. (--force does it all the same, for "
        "{}; "
        "--for says how long.)\n",
        options.force_for);
  }
  return kExitFound;
}

// Until when it is to be written as forced; nothing where that line need not change.  Errors:
// Errc::Invalid for --for.
Result<std::optional<Instant>> find_forced_until(const Options& options, const Subject& subject,
                                                 Mode mode, bool is_forced, Instant now) {
  if (mode != Mode::Enforce) return std::optional<Instant>();
  if (is_forced) {
    const auto span = parse_duration(options.force_for);
    if (!span || *span <= Seconds(0) || *span > kForceLongest) {
      return fail(Errc::Invalid, "--for",
                  fmt::format("wants a duration of {} at most, as 7d or 12h",
                              render_duration(kForceLongest)));
    }
    return std::optional<Instant>(now + *span);
  }
  // What was forced once and is in order now must not be forced any longer.
  if (subject.forced_until && now < *subject.forced_until) return std::optional<Instant>(now);
  return std::optional<Instant>();
}

int set_mode(const Options& options, const config::Config& config, const Subject& subject,
             Mode mode) {
  const Instant now = os::SystemClock().now();
  std::vector<Unmet> unmet;
  if (mode == Mode::Enforce)
    unmet = unmet_for_enforce(EnforceOutlook(config).question(subject.domain), now);
  if (!options.json) {
    print_card(subject, mode, unmet, !config.actions.empty());
    print_replay(config, subject, mode, now);
  }
  if (!unmet.empty() && options.force && subject.is_address) {
    return report_error(
        Error{Errc::Invalid, "--force", "is for a whole domain, not for one address of it"},
        kExitUsage);
  }
  if (!unmet.empty() && !options.force) return refuse_enforce(options, subject, unmet);
  const auto forced_until = find_forced_until(options, subject, mode, !unmet.empty(), now);
  if (!forced_until) return report_error(forced_until.error(), kExitUsage);
  if (!options.yes && (isatty(STDIN_FILENO) != 1 || options.json)) {
    return report_error(
        Error{Errc::Invalid, "--yes", "is needed where nobody can be asked; nothing is changed"});
  }
  if (!unmet.empty()) {
    fmt::print(stderr,
               "backstop: FORCED until {}: {} goes to enforce although {} of its conditions do not "
               "hold; GENUINE BOUNCES MAY BE REFUSED\n",
               render_instant(**forced_until), escape_terminal(subject.name), unmet.size());
  }
  if (!options.yes && !confirm("\nSet it?")) {
    fmt::print("Nothing is changed.\n");
    return kExitFound;
  }
  const auto copy = write_mode(options.settings.config_path, subject.name, mode, *forced_until);
  if (!copy) {
    const bool form = copy.error().code == Errc::Invalid || copy.error().code == Errc::Unsupported;
    return report_error(copy.error(), form ? kExitBadConfig : kExitFound);
  }
  const auto pid = copy->empty() ? std::nullopt : tell_daemon(config.store_directory, now);
  print_result(options, subject, mode, unmet, *copy, pid);
  return kExitGood;
}

int run_mode(const Options& options) {
  const auto config = load_config(options.settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  if (options.subject.empty()) return show_modes(options, *config);
  if (options.mode.empty() && parse_mode(options.subject))
    return report_error(Error{Errc::Invalid, options.subject, "say of which domain or address"});
  const auto subject = find_subject(*config, options.subject);
  if (!subject) return report_error(subject.error());
  if (options.mode.empty()) return show_one(options, *subject);
  const auto mode = parse_mode(options.mode);
  if (!mode)
    return report_error(
        Error{Errc::Invalid, options.mode, "is no mode: write observe, enforce or off"});
  if (subject->is_address && subject->domain == nullptr)
    return report_error(Error{Errc::Invalid, subject->name,
                              "is of a domain that is not guarded: begin with the domain"});
  return set_mode(options, *config, *subject, *mode);
}

}  // namespace

void add_mode_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand("mode", "Show or set observe, enforce or off");
  const auto options = std::make_shared<Options>();
  command->add_option("subject", options->subject, "A domain, or an address of one")
      ->type_name("DOMAIN|ADDRESS");
  command->add_option("mode", options->mode, "observe, enforce or off; without it, shows the mode")
      ->type_name("MODE");
  command
      ->add_option("-c,--config", options->settings.config_path,
                   "The configuration file, which is edited")
      ->capture_default_str();
  command->add_flag("--yes", options->yes, "Do not ask");
  command->add_flag("--force", options->force,
                    "Enforce although a condition does not hold; genuine bounces may be lost");
  command
      ->add_option("--for", options->force_for,
                   "With --force: how long; then what does not hold makes it observe by itself")
      ->type_name("DURATION")
      ->capture_default_str();
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(render_examples(
      {"backstop mode                          the modes in force, and who may enforce",
       "backstop mode example.com enforce      what it would mean, then asks",
       "backstop mode example.com enforce --force --for 2d   in need, for two days",
       "backstop mode sales@example.com off    one address goes another way than its domain"}));
  command->callback([options, &chosen] { chosen.run = [options] { return run_mode(*options); }; });
}

}  // namespace backstop::app
