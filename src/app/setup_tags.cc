#include "app/setup_tags.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/last_tag.h"
#include "app/settings.h"
#include "app/setup_socket.h"
#include "core/proof/key_ring.h"
#include "edge/mta/postfix_plan.h"

namespace backstop::app {

bool wants_tags(const config::Config& config, const TagsAsked& asked, proof::TagStyle style) {
  if (asked.named) return asked.style == style;
  return std::ranges::any_of(config.domains,
                             [style](const auto& named) { return named.second.tag == style; });
}

Result<mta::PostfixTags> choose_tags(const config::Config& config, const mta::Postfix& postfix,
                                     const mta::PostfixText& text, const TagsAsked& asked) {
  mta::PostfixTags tags = mta::find_tags(postfix, text);
  tags.prvs = tags.prvs || wants_tags(config, asked, proof::TagStyle::Prvs);
  tags.sub_address = wants_tags(config, asked, proof::TagStyle::SubAddress);
  tags.strict = tags.strict || asked.strict;
  tags.delimiter = config.tags.delimiter;
  for (const auto& [name, domain] : config.domains)
    tags.domains.push_back(name);
  if (tags.prvs) {
    BS_TRY(tags.map_socket, choose_map_socket(postfix, text, config));
  }
  return tags;
}

Result<void> may_forget_tags(const std::string& config_path, const std::string& root, Instant now) {
  const std::int64_t days = proof::kKeptAfterwards / Days{1};
  Settings settings;
  settings.config_path = config_path;
  const auto config = load_config(settings);
  if (!config) {
    return fail(Errc::Denied, "--tag none",
                fmt::format("may lose answers to tagged senders: whether any are awaited stands in "
                            "the configuration, which cannot be read ({}); mend it, or use --force "
                            "where no sender was tagged in {} days",
                            config.error().text(), days));
  }
  for (const auto& [name, domain] : config->domains) {
    if (!domain.tag) continue;
    return fail(Errc::Denied, name,
                "still gives tags to its senders, and their bounces would be lost: write "
                "domains.*.tag = \"none\" first (--force takes it out all the same)");
  }
  if (config->store_directory.empty()) {
    return fail(Errc::Denied, "--tag none",
                fmt::format("may lose answers to tagged senders: when the last tag went out is not "
                            "remembered, since store.directory is empty; use --force where no "
                            "sender was tagged in {} days",
                            days));
  }
  BS_TRY(const auto last, read_last_tag((root == "/" ? "" : root) + config->store_directory));
  if (!last || now >= *last + proof::kKeptAfterwards) return {};
  return fail(Errc::Denied, "--tag none",
              fmt::format("would lose answers to tagged senders: the last tag went out on {}, and "
                          "its answers may come until {} (--force takes it out all the same)",
                          render_instant(*last).substr(0, 10),
                          render_instant(*last + proof::kKeptAfterwards).substr(0, 10)));
}

}  // namespace backstop::app
