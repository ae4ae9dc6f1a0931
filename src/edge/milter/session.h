// One milter connection as a conversation: drives one message flow after another.
//
// Invariants
//   (1) Every command to which the MTA awaits a reply gets exactly one, in order; changes to a
//       message precede the reply to its end and occur nowhere else.
//   (2) While a question is open nothing of what comes is looked at, and nothing is replied.
//   (3) Whatever throws while a message is judged lets that message pass unchanged.
//   (4) After a defect, or QUIT, nothing more is read or written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/transaction/effects.h"
#include "core/transaction/events.h"
#include "edge/door/conversation.h"
#include "edge/door/message_flow.h"
#include "edge/door/message_world.h"
#include "edge/milter/macros.h"
#include "edge/milter/packet.h"

namespace backstop::milter {

using SessionWorld = door::MessageWorld;

// Not thread-safe.
class Session final : public door::Conversation {
 public:
  // REQUIRES: `world` outlives the session.
  explicit Session(SessionWorld& world);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void on_bytes(std::string_view bytes, std::string& out) override;
  void on_answer(Result<transaction::Answer> answer, std::string& out) override;
  void on_end() override;
  void on_silence() override;

  bool asking() const override { return asking_; }
  const door::Question& question() const override { return question_; }
  bool over() const override { return over_; }
  std::string_view complaint() const override {
    return defect_ ? sentence_of(*defect_) : std::string_view();
  }
  bool fresh() const override { return stage_ == Stage::Fresh; }
  // Between MAIL and the reply to the end of the message.
  bool in_message() const override;
  // Why, when the peer is to blame.
  std::optional<Defect> defect() const { return defect_; }

 private:
  enum class Stage : std::uint8_t {
    Fresh,       // Nothing negotiated yet.
    Negotiated,  // No SMTP client.
    Connected,   // No message.
    Envelope,
    Headers,
    Body,
    Passing,  // The message is settled; what still comes of it is passed over.
  };

  void consume(std::string_view& bytes, std::string& out);
  void on_packet(const Packet& packet, std::string& out);
  void on_negotiate(std::string_view payload, std::string& out);
  void on_connect(std::string_view payload, std::string& out);
  void on_mail(std::string_view payload, std::string& out);
  void on_recipient(std::string_view payload, std::string& out);
  void on_header(std::string_view payload, std::string& out);
  void on_message_content(const Packet& packet, std::string& out);
  bool expect(bool in_order);
  void drop(Defect defect);

  void begin_message(const Envelope& sender, std::string& out);
  void pass_on(const transaction::Event& event, Command command, std::string& out);
  void carry_out(const transaction::Effects& effects, Command command, std::string& out);
  void conclude(const Packet& packet, std::string& out);
  void reply_to(Command command, std::string& out);
  bool reply_wanted(Command command) const;
  void let_pass(const char* why);
  void abort_message();
  void end_message(Stage next);
  std::string_view message_id();
  void tell_missing_actions();

  SessionWorld& world_;
  PacketReader reader_;
  Stage stage_ = Stage::Fresh;
  bool asking_ = false;
  bool over_ = false;
  bool skip_body_ = false;
  door::Question question_;
  // The open question arose at this command; `asked_whole_` as Packet::whole.
  Command asked_at_ = Command::Mail;
  bool asked_whole_ = true;
  bool end_follows_ = false;  // It arose in the body of an end-of-message packet.
  std::optional<Defect> defect_;
  Instant now_{};  // When the bytes, or the answer, came that are looked at.
  std::uint32_t actions_ = 0;
  std::uint32_t steps_ = 0;
  transaction::Client client_;
  MacroValues macros_;
  std::string own_id_;
  std::string kept_parameters_;  // Of MAIL: to be said again when ENVID is given.
  std::unique_ptr<door::MessageFlow> flow_;
  std::optional<transaction::Reply> settled_;       // Not told to the MTA yet.
  std::optional<transaction::Reply> of_recipient_;  // For the recipient in hand alone.
  std::string queued_;                              // Came while a question was open.
};

}  // namespace backstop::milter
