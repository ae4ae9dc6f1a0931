// One message that a request brings, led through its flow: what comes of it for the mail server.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/transaction/effects.h"
#include "core/transaction/events.h"
#include "edge/door/conversation.h"
#include "edge/door/message_world.h"

namespace backstop::mta {

struct Envelope {
  transaction::Client client;
  std::string sender;
  std::string authenticated;
  std::vector<std::string> recipients;
  bool more_recipients = false;  // Than those.
  std::string queue_id;          // "" when the mail server has none.
};

// The client's address.  "" is a program on this host, which is taken for a client at 127.0.0.1, as
// Postfix says of what its own sendmail command hands in; nothing for what is no address.
std::optional<IpAddress> parse_client(std::string_view text);

// Invariants
//   (1) Whatever throws while the message is judged lets it pass unchanged.
//   (2) Nothing happens while a question is open.
class MessageDrive {
 public:
  // REQUIRES: `world` outlives the drive.
  MessageDrive(door::MessageWorld& world, Envelope envelope);

  // REQUIRES: not asking().
  void tell(const transaction::Event& event);
  // All has come.  REQUIRES: not asking().
  void tell_end() { tell(transaction::EndOfMessage{envelope_.queue_id}); }
  void answer(Result<transaction::Answer> answer);
  // The message goes no further.
  void abandon();

  bool asking() const { return question_.has_value(); }
  // REQUIRES: asking().
  const door::Question& question() const { return *question_; }
  // Nothing more that comes of the message will be looked at.
  bool settled() const { return flow_ == nullptr; }

  // Fields to put in, each above the one before.
  const std::vector<transaction::InsertField>& fields() const { return fields_; }
  const std::optional<transaction::Reply>& reply() const { return reply_; }
  bool is_held() const { return held_; }

 private:
  void pass_on(const transaction::Event& event);
  void carry_out(const transaction::Effects& effects);
  void let_pass(const char* why);

  door::MessageWorld& world_;
  Envelope envelope_;
  std::string id_;  // In the log.
  std::unique_ptr<door::MessageFlow> flow_;
  std::optional<door::Question> question_;
  std::vector<transaction::InsertField> fields_;
  std::optional<transaction::Reply> reply_;
  bool held_ = false;
};

}  // namespace backstop::mta
