// The line door, for Exim's ${readsocket}: one request per connection.
//
// The answer has no line end, since Exim 4.96 would hand that on, into MAIL FROM and header fields;
// the end of the connection is the end of the answer.
#pragma once

#include <memory>
#include <optional>

#include "edge/door/message_world.h"
#include "edge/mta/address_world.h"
#include "edge/mta/line_reader.h"
#include "edge/mta/line_request.h"
#include "edge/mta/message_drive.h"
#include "edge/mta/request_conversation.h"

namespace backstop::mta {

class LineConversation final : public RequestConversation {
 public:
  // REQUIRES: both outlive the conversation.
  LineConversation(const AddressWorld& addresses, door::MessageWorld& messages);

  bool in_message() const override { return drive_ != nullptr && !over(); }

 private:
  void consume(std::string_view& bytes, std::string& out) override;
  void on_answered(Result<transaction::Answer> answer, std::string& out) override;
  bool within_request() const override { return reader_.within_line(); }
  void on_abandoned() override;

  void answer(const VerifyTag& request, std::string& out);
  void answer(const UnsignTag& request, std::string& out);
  void answer(const SignTag& request, std::string& out);
  void answer(const MakeToken& request, std::string& out);
  void answer_token(std::string& out);

  const AddressWorld& addresses_;
  door::MessageWorld& messages_;
  LineReader reader_;
  std::optional<SignTag> to_sign_;
  std::unique_ptr<MessageDrive> drive_;  // Of a message that gets a token.
};

}  // namespace backstop::mta
