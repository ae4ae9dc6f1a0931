#include "edge/mta/policy_conversation.h"

namespace backstop::mta {

void PolicyConversation::consume(std::string_view& bytes, std::string& out) {
  while (const auto request = reader_.next(bytes)) {
    greet();
    out += "action=";
    out += action_for(*request);
    out += "\n\n";
  }
  if (!reader_.complaint().empty()) drop(reader_.complaint());
}

std::string_view PolicyConversation::action_for(const PolicyRequest& request) const {
  constexpr std::string_view kNothing = "DUNNO";
  if (request.protocol_state != "RCPT") return kNothing;
  const transaction::Surroundings surroundings = world_.surroundings.current();
  const TagFinding found =
      find_tag_for(request.client_address, request.recipient, surroundings, world_);
  if (found.state == TagState::Withheld) return "451 4.7.1 Too many wrong tags from your network";
  // Not REJECT: that has the code of the table it stands in, 554 (access(5)).
  if (found.state == TagState::Forged && refuses_forged_tag(request.recipient, surroundings))
    return "550 5.1.1 The tag of this address is not ours";
  return kNothing;
}

}  // namespace backstop::mta
