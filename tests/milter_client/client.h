// A blocking milter client that does what Postfix 3.7 does: negotiates, sends the macros the filter
// asked for before each command, leaves out the steps it was told to, awaits no reply where none
// was promised, and says nothing more of a message that is settled.
//
// For tests.  Not thread-safe.  A lost connection is not an exception: closed() tells.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/config/config.h"
#include "milter_client/wire.h"

namespace backstop::milter_client {

// What the MTA offers.
struct Offer {
  std::uint32_t version = 6;
  std::uint32_t actions = kEveryAction;
  std::uint32_t steps = kEveryStep;
};

// The SMTP client as the MTA sees it.
struct SmtpClient {
  std::string host = "client.example.net";
  std::string address = "192.0.2.1";  // As wire.h's connect().
  std::string daemon_name = "smtpd";
};

struct HeaderChange {
  std::uint32_t index = 0;
  std::string name;
  std::string value;
  bool operator==(const HeaderChange&) const = default;
};

// What became of one message.
struct Outcome {
  // 'c' or 'a' passed, 'r' rejected, 't' put off, 'y' refused with `text`, 'd' discarded;
  // 0 when the connection was lost.
  char reply = 0;
  // The command at which the reply came: 'M', 'R', 'L', 'N', 'B' or 'E'.
  char at = 0;
  std::string text;  // "550 5.7.1 ...", as Postfix gives it to its client ("%%" made "%").
  std::vector<HeaderChange> inserted;  // INSHEADER and ADDHEADER.
  std::vector<HeaderChange> removed;   // CHGHEADER with an empty value.
  std::vector<HeaderChange> changed;   // CHGHEADER with a value.
  std::optional<std::string> quarantine;
  std::optional<std::string> sender;  // CHGFROM, with its brackets.
  std::string sender_arguments;       // Each ended by a NUL.

  bool passed() const { return reply == 'c' || reply == 'a'; }
};

class Client {
 public:
  // Connects and negotiates.  Errors: Errc::Unavailable.
  static Result<Client> connect(const config::Endpoint& endpoint, const Offer& offer = {});
  // Takes over a connected socket and negotiates.
  static Result<Client> over(int socket, const Offer& offer = {});
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;

  // What the filter chose.
  std::uint32_t version() const { return version_; }
  std::uint32_t actions() const { return actions_; }
  std::uint32_t steps() const { return steps_; }
  // By stage (SMFIM_*); empty when the filter has no wish.
  const std::map<std::uint32_t, std::string>& macro_lists() const { return macro_lists_; }

  // A new SMTP client.
  void begin(const SmtpClient& client);

  // One message.  `sender` and `recipient` with their brackets, or as non-SMTP mail has them.
  // `queue_id` is shown as Postfix does: "-" until the first recipient was accepted.
  // `envelope_id`: what ENVID says; "" without it.
  void mail(std::string_view sender, std::string_view authenticated = {},
            std::string_view queue_id = "4TestQueueId", std::string_view envelope_id = {});
  // "" when the recipient was taken; else the reply to it alone, "550 5.7.1 text".
  // `original`: what ORCPT says; "" without it.
  std::string rcpt(std::string_view recipient, std::string_view original = {});
  void header(std::string_view name, std::string_view value);
  void eoh();
  void body(std::string_view bytes);
  Outcome eom();

  // The whole message at once: header and body split, line ends as Postfix gives them (fields LF,
  // body CRLF), body in chunks of 65,535 bytes.
  Outcome send(std::string_view sender, const std::vector<std::string>& recipients,
               std::string_view message, std::string_view authenticated = {});

  void abort();
  // The next SMTP client comes over the same connection (QUIT_NC): call begin() again.
  void end_client();
  void quit();

  // Bytes as they are, past all rules.
  void write_raw(std::string_view bytes);
  // True when the filter has closed the connection, or closes it within half a minute.
  bool awaits_close();
  bool closed() const { return socket_ < 0 || closed_; }
  int socket() const { return socket_; }
  // Further macros to show when they are asked for, with braces where they have them.
  std::map<std::string, std::string> macro_values;

 private:
  explicit Client(int socket) : socket_(socket) {}
  bool negotiate_with(const Offer& offer);
  void send_macros(char command, std::uint32_t stage);
  void send_command(char command, std::string_view payload, std::uint32_t no_reply_step);
  void await_reply(char command);
  void begin_data();
  std::optional<Reply> read_reply();
  void take_change(const Reply& reply);

  int socket_ = -1;
  bool closed_ = false;
  std::string received_;
  std::uint32_t version_ = 0;
  std::uint32_t actions_ = 0;
  std::uint32_t steps_ = 0;
  std::map<std::uint32_t, std::string> macro_lists_;
  std::string queue_id_;
  std::string recipient_reply_;
  bool settled_ = false;
  bool skip_body_ = false;
  bool data_begun_ = false;
  Outcome outcome_;
};

}  // namespace backstop::milter_client
