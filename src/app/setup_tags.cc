#include "app/setup_tags.h"

#include <algorithm>

#include "app/setup_socket.h"
#include "edge/mta/postfix_plan.h"

namespace backstop::app {

bool has_tags(const config::Config& config, proof::TagStyle style) {
  return std::ranges::any_of(config.domains,
                             [style](const auto& named) { return named.second.tag == style; });
}

Result<mta::PostfixTags> choose_tags(const config::Config& config, const mta::Postfix& postfix,
                                     const mta::PostfixText& text, const TagsAsked& asked) {
  mta::PostfixTags tags = mta::find_tags(postfix, text);
  if (asked.named) {
    tags.prvs = tags.prvs || asked.style == proof::TagStyle::Prvs;
    tags.sub_address = asked.style == proof::TagStyle::SubAddress;
  } else {
    tags.prvs = tags.prvs || has_tags(config, proof::TagStyle::Prvs);
    tags.sub_address = has_tags(config, proof::TagStyle::SubAddress);
  }
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
