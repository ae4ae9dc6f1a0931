// The door for Postfix's policy delegation.
#pragma once

#include "edge/mta/address_world.h"
#include "edge/mta/policy_request.h"
#include "edge/mta/request_conversation.h"

namespace backstop::mta {

// "action=550 5.1.1 …" for a recipient with a forged tag, where its domain enforces; "action=451
// 4.7.1 …" for one with any tag of our form there, while the client's network tries too many;
// "action=DUNNO" for every other request, so that an untagged recipient is never refused.
class PolicyConversation final : public RequestConversation {
 public:
  // REQUIRES: `world` outlives the conversation.
  explicit PolicyConversation(const AddressWorld& world) : world_(world) {}

 private:
  void consume(std::string_view& bytes, std::string& out) override;
  void on_answered(Result<transaction::Answer>, std::string&) override {}
  bool within_request() const override { return reader_.within_request(); }
  std::string_view action_for(const PolicyRequest& request) const;

  const AddressWorld& world_;
  PolicyReader reader_;
};

}  // namespace backstop::mta
