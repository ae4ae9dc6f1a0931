// backstop rules: temporary rules against a run, and the valve.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/address_use.h"
#include "app/basis.h"
#include "app/command.h"
#include "app/confirm.h"
#include "app/exit_code.h"
#include "app/rule_file.h"
#include "app/rule_page.h"
#include "app/rule_preview.h"
#include "app/smtp_server.h"
#include "core/base/ascii.h"
#include "core/base/escape.h"
#include "core/mail/address.h"
#include "core/proof/sent.h"
#include "core/reading/kind_name.h"
#include "edge/os/clock.h"

namespace backstop::app {
namespace {

using watch::Rule;
using watch::RuleAction;

struct Options {
  Settings settings;
  std::string rule;  // Its name.
  std::string domain;
  std::string address;
  std::string subject;
  std::string from;
  std::string pattern;
  std::string kind;
  std::string run;
  std::string reason;
  std::string span = "24h";
  std::string server = "127.0.0.1:25";
  bool quarantine = false;
  bool valve = false;
  bool unused = false;
  bool all = false;
  bool yes = false;
  bool json = false;
};

// The login behind sudo, else this user's.
std::string find_author() {
  const char* const sudo = std::getenv("SUDO_USER");
  if (sudo != nullptr && *sudo != '\0') return std::string(sudo).substr(0, limits::kRuleNameBytes);
  const passwd* const user = getpwuid(geteuid());
  return user == nullptr ? std::to_string(geteuid()) : std::string(user->pw_name);
}

Result<std::optional<reading::Kind>> parse_kind(const std::string& name) {
  const auto kind = reading::parse_kind(name);
  if (kind || name.empty()) return kind;
  std::string names;
  for (unsigned i = 0; i < reading::kKindCount; ++i)
    names +=
        (names.empty() ? "" : ", ") + std::string(reading::name_of(static_cast<reading::Kind>(i)));
  return fail(Errc::Invalid, "--kind", "wants one of " + names);
}

// "FirstnameLastname" and "x.x" alike: whoever writes a local part means what it is made of.
std::string pattern_of(const std::string& text) {
  return watch::find_pattern(text);
}

Result<Rule> make_rule(const Options& options, const config::Config& config, Instant now) {
  Rule rule;
  rule.domain = mail::canonical_domain(options.domain);
  if (config.find_domain(rule.domain) == nullptr)
    return fail(Errc::Invalid, options.domain, "is no guarded domain: see [domains]");
  if (options.valve && options.quarantine)
    return fail(Errc::Invalid, "--quarantine", "is not for a valve, which refuses");
  rule.action = options.valve        ? RuleAction::Valve
                : options.quarantine ? RuleAction::Quarantine
                                     : RuleAction::Refuse;
  if (!options.address.empty()) {
    BS_TRY(const mail::Address address, mail::parse_path(options.address));
    rule.address = mail::canonical(address);
  }
  rule.subject = watch::normalise_subject(options.subject);
  rule.message_id = watch::find_host_pattern(options.from);
  rule.pattern = pattern_of(options.pattern);
  BS_TRY(rule.kind, parse_kind(options.kind));
  rule.run = options.run;
  rule.reason = options.reason;
  rule.author = find_author();
  const auto span = parse_duration(options.span);
  if (!span || *span <= Seconds(0)) return fail(Errc::Invalid, "--for", "wants a duration, as 24h");
  rule.begun = now;
  rule.ends = now + *span;
  BS_TRY_VOID(watch::validate(rule));
  return rule;
}

// An address in use is never closed: what comes there may be wanted.
Result<void> hold_to_unused(const Options& options, const config::Config& config, const Rule& rule,
                            Instant now) {
  if (rule.address.empty()) return {};
  const auto shown = escape_terminal(rule.address);
  BS_TRY(const smtp::Server server, parse_smtp_server(options.server));
  BS_TRY(const mail::Address address, mail::parse_path(rule.address));
  const auto use = find_address_use(config, address, server, now);
  if (use && use->sends)
    return fail(Errc::Denied, shown,
                "sends mail, so answers to it may be wanted; make a rule by the subject of the "
                "spam instead");
  if (use && use->exists.value_or(false))
    return fail(Errc::Denied, shown,
                "exists, so answers to it may be wanted; make a rule by the subject of the spam "
                "instead");
  if (use && use->exists) return {};
  if (options.unused) return {};
  if (!use)
    return fail(Errc::Unavailable, use.error().where,
                use.error().detail + ("; so nobody knows whether " + shown +
                                      " exists. Name the server with --server, or say --unused"));
  return fail(Errc::Denied, shown,
              "may exist: the mail server takes any address of the domain, or not even its "
              "postmaster from here. Say --unused when you know that nobody uses it");
}

Result<void> hold_to_store(const config::Config& config) {
  if (config.store_directory.empty())
    return fail(Errc::Invalid, "store.directory", "is empty, so no rules can be kept");
  return {};
}

int add(const Options& options) {
  const auto basis = load_basis(options.settings, "");
  if (!basis) return report_error(basis.error(), kExitBadConfig);
  const config::Config& config = basis->config;
  if (const auto held = hold_to_store(config); !held)
    return report_error(held.error(), kExitBadConfig);
  auto rule = make_rule(options, config, basis->now);
  if (!rule) return report_error(rule.error(), kExitUsage);
  if (const auto unused = hold_to_unused(options, config, *rule, basis->now); !unused)
    return report_error(unused.error(), kExitFound);
  std::unique_ptr<const proof::SentHasher> hasher;
  if (basis->ring != nullptr)
    hasher = std::make_unique<const proof::SentHasher>(basis->ring->ring_secret());
  // An emergency does not wait for a history that is damaged or locked.
  const auto preview = preview_rule(config, *rule, hasher.get(), basis->now);
  if (!preview && preview.error().code != Errc::NotFound)
    fmt::print(stderr, "backstop: what it would have done cannot be told: {}\n",
               escape_terminal(preview.error().text()));
  const bool observes = config.find_domain(rule->domain)->mode != policy::Mode::Enforce;
  if (!options.json)
    fmt::print("{}", render_rule_card(*rule, preview ? &*preview : nullptr, observes));
  if (!options.yes) {
    if (isatty(STDIN_FILENO) != 1 || options.json)
      return report_error(
          Error{Errc::Invalid, "--yes", "is needed where nobody can be asked; nothing is changed"});
    if (!confirm("\nPut it in force?")) {
      fmt::print("Nothing is changed.\n");
      return kExitFound;
    }
  }
  const auto changed =
      change_rules(config.store_directory, [&](watch::RuleBook& book) -> Result<void> {
        book.forget(basis->now);
        BS_TRY(rule->number, book.add(*rule, basis->now));
        return {};
      });
  if (!changed) return report_error(changed.error(), kExitFound);
  if (options.json) {
    fmt::print("{}\n", json_of_rule(*rule, {}, preview ? &*preview : nullptr, basis->now));
  } else {
    fmt::print("\n{} is in force until {}. What it does: backstop rules show {}\n", rule->name(),
               render_instant(rule->ends), rule->name());
  }
  return kExitGood;
}

// What there is, which needs no keys.
struct Kept {
  Instant now{};
  watch::RuleBook book;
  AllRuleCounts counts;
};

Result<Kept> read(const Options& options) {
  Kept out;
  BS_TRY(const config::Config config, load_config(options.settings));
  BS_TRY_VOID(hold_to_store(config));
  out.now = os::SystemClock().now();
  BS_TRY(out.book, read_rules(config.store_directory));
  BS_TRY(out.counts, read_rule_counts(config.store_directory));
  return out;
}

RuleCounts counts_of(const Kept& kept, const Rule& rule) {
  const auto found = kept.counts.find(rule.number);
  return found == kept.counts.end() ? RuleCounts{} : found->second;
}

int list(const Options& options) {
  const auto kept = read(options);
  if (!kept) return report_error(kept.error(), kExitBadConfig);
  const Instant now = kept->now;
  std::string rows;
  unsigned shown = 0;
  for (const Rule& rule : kept->book.rules()) {
    if (!options.all && !rule.in_force(now)) continue;
    ++shown;
    rows += options.json ? json_of_rule(rule, counts_of(*kept, rule), nullptr, now) + "\n"
                         : render_rule_row(rule, counts_of(*kept, rule), now);
  }
  if (options.json) {
    fmt::print("{}", rows);
  } else if (shown == 0) {
    fmt::print("No rule is in force.{}\n",
               options.all ? "" : " Those that ended: backstop rules list --all");
  } else {
    fmt::print("{}{}", render_rule_head(), rows);
  }
  return kExitGood;
}

Result<unsigned> parse_rule(const std::string& text) {
  const auto number = watch::parse_rule_name(text);
  if (!number) return fail(Errc::Invalid, text, "is no rule's name; they are r1, r2 and so on");
  return *number;
}

int show(const Options& options) {
  const auto number = parse_rule(options.rule);
  if (!number) return report_error(number.error(), kExitUsage);
  const auto kept = read(options);
  if (!kept) return report_error(kept.error(), kExitBadConfig);
  const Rule* const rule = kept->book.find(*number);
  if (rule == nullptr)
    return report_error(Error{Errc::NotFound, options.rule, "is not there: backstop rules list"},
                        kExitFound);
  const RuleCounts counts = counts_of(*kept, *rule);
  if (options.json) {
    fmt::print("{}\n", json_of_rule(*rule, counts, nullptr, kept->now));
  } else {
    fmt::print("{}", render_rule(*rule, counts, kept->now));
  }
  return kExitGood;
}

int remove(const Options& options) {
  const auto number = parse_rule(options.rule);
  if (!number) return report_error(number.error(), kExitUsage);
  const auto config = load_config(options.settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  if (const auto held = hold_to_store(*config); !held)
    return report_error(held.error(), kExitBadConfig);
  const Instant now = os::SystemClock().now();
  const auto changed =
      change_rules(config->store_directory, [&](watch::RuleBook& book) -> Result<void> {
        if (!book.end(*number, now))
          return fail(Errc::NotFound, options.rule, "is not in force; nothing is changed");
        return {};
      });
  if (!changed) return report_error(changed.error(), kExitFound);
  fmt::print("r{} is over.\n", *number);
  return kExitGood;
}

CLI::App* add_leaf(CLI::App& rules, Chosen& chosen, const char* name, const char* what,
                   const std::shared_ptr<Options>& options, int (*run)(const Options&)) {
  CLI::App* const leaf = rules.add_subcommand(name, what);
  declare_settings(*leaf, options->settings);
  leaf->add_flag("--json", options->json, "One JSON object a line");
  leaf->callback(
      [options, run, &chosen] { chosen.run = [options, run] { return run(*options); }; });
  return leaf;
}

void declare_add(CLI::App* command, const std::shared_ptr<Options>& options) {
  command->add_option("domain", options->domain, "A guarded domain")
      ->required()
      ->type_name("DOMAIN");
  command->add_option("--subject", options->subject, "What the spam that comes back is called")
      ->type_name("TEXT");
  command
      ->add_option("--from-host", options->from, "The host behind the @ of the spam's Message-ID")
      ->type_name("HOST");
  command
      ->add_option("--address", options->address,
                   "An address of the domain that nobody uses; the mail server is asked")
      ->type_name("ADDRESS");
  command
      ->add_option("--pattern", options->pattern,
                   "Only local parts made like this one, beside the above: first.last")
      ->type_name("LOCAL");
  command->add_option("--kind", options->kind, "Only this kind: bounce, auto-reply, ...")
      ->type_name("KIND");
  command->add_flag("--quarantine", options->quarantine, "Hold what fits; else it is refused");
  command->add_flag("--valve", options->valve,
                    "Close the domain to all answers that carry no tag of ours: 24h at most");
  command->add_option("--for", options->span, "How long it holds: 48h at most")
      ->capture_default_str()
      ->type_name("DURATION");
  command->add_option("--reason", options->reason, "Why, for whoever looks at it tomorrow")
      ->required()
      ->type_name("TEXT");
  command->add_option("--run", options->run, "The run that it is against")->type_name("RUN");
  command->add_option("--server", options->server, "The mail server that knows the addresses")
      ->capture_default_str()
      ->type_name("ADDRESS:PORT");
  command->add_flag("--unused", options->unused,
                    "You know that nobody uses the address, where the mail server cannot tell");
  command->add_flag("--yes", options->yes, "Do not ask");
}

}  // namespace

void add_rules_command(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* const rules = app.add_subcommand(
      "rules", "Temporary rules against a spam run: each has a reason, an end, and a count");
  rules->require_subcommand(1);
  add_leaf(*rules, chosen, "list", "The rules in force, and what they did", options, list)
      ->add_flag("--all", options->all, "Also those that ended within 30 days");
  declare_add(add_leaf(*rules, chosen, "add",
                       "Make a rule: shows what it would have done in the last 7 days, then asks",
                       options, add),
              options);
  for (CLI::App* const leaf :
       {add_leaf(*rules, chosen, "show", "One rule, with all that it fits and did", options, show),
        add_leaf(*rules, chosen, "remove", "End a rule now", options, remove)})
    leaf->add_option("rule", options->rule, "Its name, as the list has it")
        ->required()
        ->type_name("RULE");
  rules->footer(render_examples(
      {"backstop rules list",
       "backstop rules add example.com --subject 'Cheap watches' --reason 'flood since Tuesday'",
       "backstop rules add example.com --address qx7@example.com --for 48h --reason 'not ours'",
       "backstop rules add example.com --valve --for 2h --reason 'disk nearly full'",
       "backstop rules show r7                what it fits and did", "backstop rules remove r7"}));
}

}  // namespace backstop::app
