#include "app/canary_listener.h"

#include "edge/mta/postfix.h"
#include "edge/mta/postfix_canary.h"

namespace backstop::app {

std::vector<std::string> find_listener_drift(const std::string& root) {
  const auto postfix = mta::Postfix::find(root);
  if (!postfix) return {};
  const auto text = postfix->read();
  return text ? mta::find_canary_drift(text->master) : std::vector<std::string>();
}

}  // namespace backstop::app
