#include "app/setup_tags.h"

#include <algorithm>

#include "app/setup_socket.h"
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

}  // namespace backstop::app
