// The RSPAMC door, for Exim's `spam` condition: one message per connection.
#pragma once

#include <memory>
#include <string>

#include "edge/door/message_world.h"
#include "edge/mta/message_drive.h"
#include "edge/mta/request_conversation.h"
#include "edge/mta/rspamc_request.h"

namespace backstop::mta {

class RspamcConversation final : public RequestConversation, private MessageSink {
 public:
  // REQUIRES: `world` outlives the conversation.
  explicit RspamcConversation(door::MessageWorld& world) : world_(world), message_(*this) {}

  bool in_message() const override { return envelope_.has_value() && !over(); }

 private:
  void consume(std::string_view& bytes, std::string& out) override;
  void on_answered(Result<transaction::Answer> answer, std::string& out) override;
  bool within_request() const override { return head_.within_head(); }
  void on_abandoned() override;

  void on_own_received(std::string_view raw) override;
  void on_field(std::string_view name, std::string_view raw) override;
  void on_header_end() override;
  void on_body(std::string_view bytes) override;

  // Begun only now: what the server calls itself stands above the first field.
  MessageDrive& drive();
  void go_on(std::string& out);
  void reply(std::string& out);

  door::MessageWorld& world_;
  RspamcHeadReader head_;
  RspamcMessage message_;
  std::optional<Envelope> envelope_;     // Nothing until the head is there.
  std::unique_ptr<MessageDrive> drive_;  // Null until the first field, or the end of the header.
  std::uint64_t left_ = 0;               // Bytes of the message that have not come.
  bool finished_ = false;                // All of it has been split,
  bool ended_ = false;                   // and its flow has been told of its end.
  std::string held_body_;                // Came in one piece with what led to a question.
};

}  // namespace backstop::mta
