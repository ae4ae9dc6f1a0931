// What a transaction wants done.  Whoever drives it does each in the order given.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/ip.h"
#include "core/mail/address.h"
#include "core/policy/reason.h"
#include "core/proof/canary_pass.h"
#include "core/proof/dkim_check.h"
#include "core/proof/sent.h"
#include "core/transaction/record.h"

namespace backstop::transaction {

// May this message be signed?  The answer to the event that asked is held until Answered.
struct AskPermit {};
// What does the ledger know?  At the end of a message only; its answer is held until Answered.
struct AskLedger {
  proof::LedgerQuery query;
};

// What is the key of a selector of ours that is not at hand?  At the end of a message only; its
// answer is held until Answered.
struct AskDkimKey {
  proof::DkimKeyName name;
};

// Is this the first use of this pass?  At the end of a message only; its answer is held until
// Answered.
struct AskCanaryPass {
  proof::CanaryPass pass;
};

// Write down what was sent.
struct RecordSent {
  proof::SentMessage message;
};
// Count that a proof was used.
struct CountUses {
  proof::Uses uses;
};

// Put a field at the very top of the header block, above the server's own Received.
struct InsertField {
  std::string name;
  std::string value;  // One line, no leading blank.
};
// Remove the nth field of that name (from 1, counted before any of these effects).  Given from the
// last to the first, and before InsertField, so that doing them in order needs no arithmetic.
struct RemoveField {
  std::string name;
  unsigned occurrence = 1;
};
// Give the message another envelope sender, an ENVID, or both; at the end of a message only.
struct ChangeSender {
  mail::Address sender;          // Perhaps the one it has.
  std::string envelope_id = {};  // The ENVID from now on; "" leaves the one it has.  Its own xtext.
};
// Count that a client tried a tag that is not ours (core/proof/wrong_tags.h).
struct CountWrongTag {
  IpAddress client;
};
// Count what a temporary rule did, or would have done in enforce.
enum class RuleDeed : std::uint8_t {
  Held,
  Refused,        // A sample is kept as far as there is room.
  RefusedUnkept,  // None is.
  Would,          // Nothing: the domain observes, or something milder was answered.
};
inline constexpr unsigned kRuleDeeds = static_cast<unsigned>(RuleDeed::Would) + 1;
std::string_view name_of(RuleDeed deed);  // "refused-unkept"
struct CountRule {
  unsigned rule = 0;  // watch::Rule::number
  RuleDeed deed = RuleDeed::Would;
};
// Keep a sample of what is refused.
struct KeepSample {
  std::string client;     // Address, else name, else "".
  std::string recipient;  // The first, as received, without brackets.
  std::string verdict;
  std::string reasons;  // As HistoryRow::reasons.
  std::string bytes;    // Header and body as they came, lines ending in CRLF as far as they did.
  bool is_cut = false;
  // The rules that refuse it: each did so, with a copy kept or without.
  std::vector<unsigned> rules;
};
// Keep the message back in the server's own hold queue.
struct Hold {
  std::string why;
};
// Something a person should know about, beside the message's record.
struct Note {
  policy::Reason reason;
  std::string detail;  // Not escaped.
};

// The answer to the event.  An event without a Reply and without an Ask goes on.
enum class ReplyKind {
  Accept,    // Done with this message: no more events of it are wanted.
  SkipBody,  // No more BodyChunk is wanted; EndOfMessage is.
  Refuse,    // Permanently, in the SMTP dialogue.  At RcptTo: that recipient alone.
  Defer,     // For now.  At RcptTo: that recipient alone.
  Discard,   // Taken and thrown away; only towards a relay of ours, and what is our own canary.
};
struct Reply {
  ReplyKind kind = ReplyKind::Accept;
  // For Refuse and Defer: 550, "5.7.1", printable ASCII on one line.
  unsigned code = 0;
  std::string enhanced;
  std::string text;
};

using Effect = std::variant<AskPermit, AskLedger, AskDkimKey, AskCanaryPass, RecordSent, CountUses,
                            InsertField, RemoveField, ChangeSender, CountWrongTag, CountRule,
                            KeepSample, Hold, Note, Record, Reply>;
using Effects = std::vector<Effect>;

}  // namespace backstop::transaction
