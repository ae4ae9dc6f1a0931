// backstop coverage: the ways in which mail of a domain leaves, and the operator's word on them.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/coverage_file.h"
#include "app/coverage_page.h"
#include "app/enforce_outlook.h"
#include "app/exit_code.h"
#include "app/settings.h"
#include "core/base/escape.h"
#include "core/mail/address.h"
#include "edge/os/clock.h"

namespace backstop::app {
namespace {

struct Options {
  Settings settings;
  std::string domain;
  std::string word;
  std::string path;
  std::vector<std::string> addresses;
  bool json = false;
};

bool is_covered(const CoveragePage& page) {
  return coverage::domain_in_force(page.domain, page.view).coverage == policy::Coverage::Covered;
}

Result<std::vector<CoveragePage>> find_pages(const config::Config& config,
                                             const std::string& wanted) {
  BS_TRY(const auto views, read_coverage(config));
  if (!wanted.empty() && !views.contains(wanted)) {
    return fail(Errc::NotFound, wanted,
                "is not guarded; begin with: backstop mode " + wanted + " observe");
  }
  std::vector<CoveragePage> out;
  const auto server = find_mail_server("/");
  for (const auto& [name, view] : views) {
    if (wanted.empty() || wanted == name)
      out.push_back({.domain = config.domains.at(name), .view = view, .server = server});
  }
  return out;
}

void show_lines(const std::vector<CoveragePage>& pages) {
  constexpr const char* kRow = "{:<30}  {:<9}  {:<20}  {:>5}  {}\n";
  fmt::print(fmt::runtime(kRow), "domain", "coverage", "signing since", "open", "list");
  for (const CoveragePage& page : pages) {
    const config::Domain in_force = coverage::domain_in_force(page.domain, page.view);
    const auto open = std::ranges::count_if(page.view.paths, &coverage::PathView::is_open);
    fmt::print(fmt::runtime(kRow), escape_terminal(page.view.domain),
               policy::name_of(in_force.coverage),
               in_force.signing_since ? render_instant(*in_force.signing_since) : "never", open,
               coverage::is_whole(page.view.wholeness) ? "whole" : "not whole");
  }
  fmt::print("One of them, with what to do: backstop coverage DOMAIN\n");
}

int show(const Options& options, const std::vector<CoveragePage>& pages) {
  if (options.json) {
    fmt::print("{}\n", render_coverage_json(pages));
  } else if (pages.empty()) {
    fmt::print("No domain is guarded. Begin with: backstop mode example.com observe\n");
  } else if (pages.size() > 1) {
    show_lines(pages);
  } else {
    fmt::print("{}", render_coverage_page(pages.front()));
  }
  return std::ranges::all_of(pages, is_covered) ? kExitGood : kExitFound;
}

Result<std::vector<std::string>> read_addresses(const Options& options) {
  std::vector<std::string> out;
  for (const std::string& text : options.addresses) {
    BS_TRY(const mail::Address address, mail::parse_path(text));
    if (address.local.empty() || mail::canonical_domain(address.domain) != options.domain)
      return fail(Errc::Invalid, text, "is no address of " + options.domain);
    out.push_back(mail::canonical(address));
  }
  return out;
}

// The word as it was typed: none of them is a complaint.
Result<bool> say(const Options& options, const std::string& store) {
  const Instant now = os::SystemClock().now();
  if (options.word == "whole" || options.word == "not-whole") {
    if (!options.path.empty())
      return fail(Errc::Invalid, options.path, "is not wanted: the whole list is meant");
    return say_whole(store, options.domain, options.word == "whole", now);
  }
  const auto word = options.word == "forget" ? std::optional(coverage::Word::None)
                                             : coverage::parse_word(options.word);
  if (!word || options.word == "none") {
    return fail(Errc::Invalid, options.word,
                "is no word: write ours, not-ours, signs, later, forget, whole or not-whole");
  }
  const auto path = coverage::parse_path_name(options.path);
  if (!path) {
    return fail(Errc::Invalid, options.path,
                "is no path; write it as the list does: backstop coverage " + options.domain);
  }
  BS_TRY(const auto addresses, read_addresses(options));
  if (!addresses.empty() && *word != coverage::Word::Ours)
    return fail(Errc::Invalid, options.word, "takes no addresses; only ours does");
  return say_of_path(store, options.domain, *path, *word, now, addresses);
}

bool is_usage(const Error& error) {
  return error.code == Errc::Invalid && error.where.find('/') == std::string::npos;
}

int run(Options options) {
  const auto config = load_config(options.settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  if (config->store_directory.empty()) {
    return report_error(
        Error{Errc::NotFound, "store.directory", "is empty: nothing is learnt, nothing kept"},
        kExitBadConfig);
  }
  options.domain = mail::canonical_domain(options.domain);
  const auto before = find_pages(*config, options.domain);
  if (!before) {
    return report_error(before.error(),
                        before.error().code == Errc::NotFound ? kExitUsage : kExitBadConfig);
  }
  if (options.word.empty()) return show(options, *before);
  const auto changed = say(options, config->store_directory);
  if (!changed)
    return report_error(changed.error(), is_usage(changed.error()) ? kExitUsage : kExitBadConfig);
  if (!*changed && !options.json) fmt::print("{} is as it was.\n", escape_terminal(options.domain));
  const auto after = find_pages(*config, options.domain);
  if (!after) return report_error(after.error(), kExitBadConfig);
  show(options, *after);
  return *changed ? kExitGood : kExitFound;
}

}  // namespace

void add_coverage_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand(
      "coverage", "Show the ways in which mail of a domain leaves, and say what they are");
  const auto options = std::make_shared<Options>();
  declare_settings(*command, options->settings);
  command->add_option("domain", options->domain, "The domain; without it, all of them")
      ->type_name("DOMAIN");
  command
      ->add_option("word", options->word,
                   "Of a path: ours (it leaves unsigned), not-ours, signs (it passes this server), "
                   "later, or forget, which takes a word back; of the list: whole or not-whole")
      ->type_name("WORD");
  command->add_option("path", options->path, "The path, as the list names it")->type_name("PATH");
  command
      ->add_option("addresses", options->addresses,
                   "With ours: the addresses that use it, beside those seen")
      ->type_name("ADDRESS");
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(render_examples(
      {"backstop coverage                      every guarded domain, on one line each",
       "backstop coverage example.com          its paths, and what to do about each",
       "backstop coverage example.com ours message-id:esp.example news@example.com",
       "backstop coverage example.com signs spf:include:_spf.relay.example",
       "backstop coverage example.com forget message-id:esp.example",
       "backstop coverage example.com whole    there are no others"}));
  command->callback([options, &chosen] { chosen.run = [options] { return run(*options); }; });
}

}  // namespace backstop::app
