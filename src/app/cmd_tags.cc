// backstop tags: domains that refuse tagged senders, as they were learnt.
#include <fmt/core.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/settings.h"
#include "app/tag_book.h"
#include "core/base/escape.h"

namespace backstop::app {
namespace {

struct Options {
  Settings settings;
  std::string domain;
  bool json = false;
};

Result<std::string> find_store(const Options& options) {
  BS_TRY(const config::Config config, load_config(options.settings));
  if (config.store_directory.empty())
    return fail(Errc::NotFound, "store.directory", "is empty: nothing is learnt");
  return config.store_directory;
}

int run_list(const Options& options) {
  const auto store = find_store(options);
  if (!store) return report_error(store.error(), kExitBadConfig);
  const auto read = read_tag_file(*store);
  if (!read) return report_error(read.error(), kExitBadConfig);
  for (const proof::TagExemption& one : read->exemptions()) {
    if (options.json) {
      const nlohmann::json line = {
          {"v", 1}, {"domain", one.domain}, {"until", render_instant(one.until)}};
      fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
      fmt::print("{}  until {}\n", escape_terminal(one.domain), render_instant(one.until));
    }
  }
  if (read->exemptions().empty() && !options.json)
    fmt::print("No domain was found to refuse tagged senders.\n");
  return kExitGood;
}

int run_remove(const Options& options) {
  const auto store = find_store(options);
  if (!store) return report_error(store.error(), kExitBadConfig);
  auto read = read_tag_file(*store);
  if (!read) return report_error(read.error(), kExitBadConfig);
  const std::string domain = mail::canonical_domain(options.domain);
  if (!read->remove(domain)) {
    fmt::print(stderr, "backstop: {} is not exempt\n", escape_terminal(domain));
    return kExitFound;
  }
  const auto written = write_tag_file(*store, *read);
  if (!written) return report_error(written.error(), kExitBadConfig);
  if (options.json) {
    const nlohmann::json line = {{"v", 1}, {"removed", domain}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print("Mail for {} gets tags again.\n", escape_terminal(domain));
  }
  return kExitGood;
}

CLI::App* add_leaf(CLI::App& tags, Chosen& chosen, const char* name, const char* description,
                   const std::shared_ptr<Options>& options, int (*run)(const Options&)) {
  CLI::App* const leaf = tags.add_subcommand(name, description);
  declare_settings(*leaf, options->settings);
  leaf->add_flag("--json", options->json, "One JSON object a line");
  leaf->callback(
      [options, run, &chosen] { chosen.run = [options, run] { return run(*options); }; });
  return leaf;
}

}  // namespace

void add_tags_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const tags =
      app.add_subcommand("tags", "Show the domains that were found to refuse tagged senders");
  tags->require_subcommand(1);
  tags->footer(render_examples({"backstop tags list", "backstop tags remove lists.example.net"}));
  add_leaf(*tags, chosen, "list", "Show them, and until when each gets untagged mail",
           std::make_shared<Options>(), run_list);
  const auto removed = std::make_shared<Options>();
  add_leaf(*tags, chosen, "remove", "Tag mail for one of them again", removed, run_remove)
      ->add_option("domain", removed->domain, "The domain")
      ->required();
}

}  // namespace backstop::app
