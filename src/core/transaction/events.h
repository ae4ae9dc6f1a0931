// What happens to a message on its way through an SMTP server, whoever tells it: the milter door, a
// play, a file.  Views are valid only during Transaction::on().
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/ip.h"
#include "core/base/result.h"
#include "core/proof/dkim_check.h"
#include "core/proof/key_ring.h"
#include "core/proof/sent.h"
#include "core/proof/token.h"

namespace backstop::transaction {

// Who is connected; the same for every message of a connection.
struct Client {
  std::optional<IpAddress> address;  // Nothing for a local submission without a network address.
  std::string name;                  // As the MTA found it; "" unknown.  Not to be believed.
  // The macro {daemon_name}; ORIGINATING marks a submission port, CANARY the canary's listener.
  std::string daemon_name;
  std::string server_name = {};  // The macro j: what the server calls itself; "" unknown.
};

// `sender` and `recipient` as the MTA hands them over: with or without angle brackets, quoted or
// not; "" and "<>" are the null sender.
struct MailFrom {
  std::string_view sender;
  std::string_view authenticated;     // The macro {auth_authen}; "" when the client did not log in.
  unsigned wrong_tags = 0;            // Those of the client's network so far (proof::WrongTags).
  std::string_view envelope_id = {};  // ENVID as the client gave it; "" without one.
  // Room for a sample of it, should it be refused; held until that is known.  Null: there is none.
  std::shared_ptr<const void> sample_room = {};
};
struct RcptTo {
  std::string_view recipient;
  // A Reply to this recipient alone can be passed on; else it is taken, whatever it is.
  bool answerable = true;
  // The value of ORCPT (RFC 3461 §4.2) as it came; "" when there was none.  "x-batv;TAG" is a tag
  // that the server took off before it looked for the recipient (docs/formats/tag.md).
  std::string_view original_recipient = {};
  // It has had its share of unproven mail for the hour (limits.unproven_per_hour).
  bool over_rate = false;
};
// One field of the message's own header block; `raw` as in mail::FieldView.
struct HeaderField {
  std::string_view name;
  std::string_view raw;
};
struct EndOfHeaders {};
struct BodyChunk {
  std::string_view bytes;
};
struct EndOfMessage {
  std::string_view queue_id;  // The server's; "" when it has none.
};
// The message goes no further (RSET, a lost connection, another filter's refusal).
struct Aborted {};

// Leave to sign one message: the ring and key to sign with, and a fresh nonce.
struct SigningPermit {
  std::shared_ptr<const proof::KeyRing> ring;
  proof::KeyId key = 0;
  proof::Nonce nonce{};
};
// The pass of a canary is used for the first time: nobody waits for this message.
struct CanaryGranted {};
using Answer =
    std::variant<SigningPermit, proof::LedgerAnswer, proof::DkimKeyAnswer, CanaryGranted>;
// The answer to the one question open; an error when it could not be asked or came too late.
struct Answered {
  Result<Answer> answer;
};

using Event = std::variant<MailFrom, RcptTo, HeaderField, EndOfHeaders, BodyChunk, EndOfMessage,
                           Aborted, Answered>;

}  // namespace backstop::transaction
