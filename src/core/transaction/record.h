// What is remembered of one message that was signed or judged, and its line in the log.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/ip.h"
#include "core/base/time.h"
#include "core/mail/address.h"
#include "core/policy/policy.h"
#include "core/proof/dkim_check.h"
#include "core/proof/sent.h"
#include "core/reading/reading.h"

namespace backstop::transaction {

enum class Direction {
  Outgoing,  // Ours, to be signed.
  Inbound,   // To be judged.
  Own,       // From our own networks but not of a domain we sign for, or our own automatic mail.
  Canary,    // A letter or an answer of our own that tries the way; it counts as nobody's mail.
};
std::string_view name_of(Direction direction);

// A recipient that a report names, and the text of the two it is named by (RFC 3464: original and
// final) that the ledger holds.  Whoever writes the report is free to put anybody into the other.
struct HeldRecipient {
  std::size_t index = 0;  // In Reading::recipients.
  std::string address;
};

struct Record {
  Instant at{};
  Direction direction = Direction::Inbound;
  std::string sender;                   // As received, without brackets.
  std::vector<std::string> recipients;  // The first few, as received, without brackets.
  std::size_t recipient_count = 0;
  std::string client;      // Address, else name, else "".
  bool is_signed = false;  // Outgoing: a token was put in.
  bool is_tagged = false;  // Outgoing: its envelope sender was given a tag.
  // What the history keeps beside: parsed forms, whether they are ours, and ids.
  std::optional<mail::Address> sender_address;  // Nothing for the null sender.
  bool sender_is_ours = false;
  // With: it is ours.  Of what is judged so many as a history row has room for.
  std::vector<std::pair<mail::Address, bool>> recipient_addresses;
  std::string message_id;
  std::string original_id;
  std::shared_ptr<const proof::SentHasher> hasher;  // For what is kept hashed; null without keys.
  // Inbound:
  policy::Judgement judgement;
  std::vector<policy::Facts> facts;  // Of each recipient (MessageJudgement::facts).
  reading::Kind kind = reading::Kind::Ordinary;
  // Whose signature over the returned header is right, and not too old; nothing without one.
  std::optional<proof::DkimKeyName> signature;
  std::shared_ptr<const reading::Reading> reading;  // Null when it was not followed to its end.
  // Where somebody reads the feed, of LedgerFindings: our Message-ID that the ledger holds (""
  // none), and those of the reading's recipients that it went to, each once.
  std::string known_id = {};
  std::vector<HeldRecipient> held = {};

  // A canary may be either; only inbound mail and an answer of a canary was judged.
  bool is_judged() const {
    return direction == Direction::Inbound ||
           (direction == Direction::Canary && reading != nullptr);
  }
};

// "4Bxyz: direction=inbound verdict=forged decision=refuse kind=bounce reason=no-proof-of-origin
// from=<> to=<alice@example.com> client=192.0.2.1": one line, every foreign value escaped.
// `queue_id` is the server's, or an id of our own while there is none.
std::string render_log_line(const Record& record, std::string_view queue_id);

}  // namespace backstop::transaction
