// One milter connection as a state machine: bytes of the MTA in, bytes of ours out.  Drives one
// message flow after another.  No socket, no thread, no timer: the server (or a test) brings bytes,
// answers and the end.
//
// Invariants
//   (1) Every command to which the MTA awaits a reply gets exactly one, in order; changes to a
//       message precede the reply to its end and occur nowhere else.
//   (2) While a question is open nothing of what comes is looked at, and nothing is replied.
//   (3) Whatever throws while a message is judged lets that message pass unchanged.
//   (4) After a defect, or QUIT, nothing more is read or written.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.h"
#include "core/transaction/effects.h"
#include "core/transaction/events.h"
#include "edge/milter/macros.h"
#include "edge/milter/message_flow.h"
#include "edge/milter/packet.h"
#include "ports/clock.h"
#include "ports/history.h"
#include "ports/ledger.h"
#include "ports/log_sink.h"

namespace backstop::milter {

// What all sessions of a server have in common.  REQUIRES: everything outlives the sessions.
struct SessionWorld {
  const ports::Clock& clock;
  ports::LogSink& log;
  MessageSource& messages;
  // Messages the MTA gave no queue id get one of ours, "s" and a number.
  std::atomic<std::uint64_t> own_ids{0};
  // Actions an MTA did not offer and of which the log has been told.
  std::atomic<std::uint32_t> missing_told{0};
  ports::Ledger* ledger = nullptr;                 // Null: what is sent is not remembered.
  ports::History* history = nullptr;               // Null: what is judged is not remembered.
  std::function<void(Instant)> on_passed_by = {};  // As ServerPorts::on_passed_by; may be empty.

  void passed_by() const {
    if (on_passed_by) on_passed_by(clock.now());
  }
};

// Not thread-safe.
class Session {
 public:
  // REQUIRES: `world` outlives the session.
  explicit Session(SessionWorld& world);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Takes bytes in pieces of any size; appends the replies to `out`.
  void on_bytes(std::string_view bytes, std::string& out);
  // The answer to the question open, then whatever was queued.  Without one it has no effect.
  void on_answer(Result<transaction::Answer> answer, std::string& out);
  // The peer has closed the connection.
  void on_end();

  // A question is open: bring on_answer.
  bool asking() const { return asking_; }
  // The one that is open.
  using Question = std::variant<transaction::AskPermit, transaction::AskLedger>;
  const Question& question() const { return question_; }
  // The connection is to be closed, after what was written has gone out.
  bool over() const { return over_; }
  // Why, when the peer is to blame.
  std::optional<Defect> defect() const { return defect_; }
  bool negotiated() const { return stage_ != Stage::Fresh; }
  // Between MAIL and the reply to the end of the message.
  bool in_message() const;

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

  void begin_message(std::string_view sender, std::string& out);
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
  Question question_;
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
  std::unique_ptr<MessageFlow> flow_;
  std::optional<transaction::Reply> settled_;       // Not told to the MTA yet.
  std::optional<transaction::Reply> of_recipient_;  // For the recipient in hand alone.
  std::string queued_;                              // Came while a question was open.
};

}  // namespace backstop::milter
