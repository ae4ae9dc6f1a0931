// The socketmap door: Postfix's `socketmap:` tables and Sendmail's `socket` maps.
#pragma once

#include "edge/mta/address_world.h"
#include "edge/mta/netstring.h"
#include "edge/mta/request_conversation.h"

namespace backstop::mta {

// Three maps.  `unsign`: the address without its tag for an authentic one of any age, whoever
// sends; nothing for all else; TEMP only while there are no keys.  `verify`, with the client's
// address behind a slash: "bad" for a forged tag that is to be refused, TEMP when nothing can or
// may be told, nothing for all else.  `sign`: a sender of ours with its tag; nothing when it goes
// as it is, so also for one that has a tag.
class MapConversation final : public RequestConversation {
 public:
  // REQUIRES: `world` outlives the conversation.
  explicit MapConversation(const AddressWorld& world) : world_(world) {}

 private:
  void consume(std::string_view& bytes, std::string& out) override;
  void on_answered(Result<transaction::Answer> answer, std::string& out) override;
  bool within_request() const override { return reader_.within_string(); }
  void unsign(std::string_view address, std::string& out) const;
  void verify(std::string_view key, std::string& out) const;
  void sign(std::string_view sender, std::string& out);

  const AddressWorld& world_;
  NetstringReader reader_;
  std::string to_sign_;
};

}  // namespace backstop::mta
