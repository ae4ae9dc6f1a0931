// The verdict table: what is known of one answer, for one recipient, becomes verdict, decision and
// reasons.  Pure; the whole table is rendered to testdata/policy/truth_table.txt and committed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/reason.h"
#include "core/proof/token.h"
#include "core/reading/reading.h"

namespace backstop::policy {

enum class Mode : std::uint8_t { Off, Observe, Enforce };
// Whether every sending path of an address is known to sign.
enum class Coverage : std::uint8_t { Unknown, Partly, Covered };
enum class RecipientClass : std::uint8_t {
  Ordinary,
  Role,       // postmaster@, abuse@, list owners, and where reports are asked to be sent.
  Rewritten,  // SRS and VERP of local lists: the service that rewrote it checks it.
};
enum class Verdict : std::uint8_t { NotBackscatter, Genuine, Late, Replayed, Unproven, Forged };
// From mild to strict: of several recipients' decisions the least is answered.
// `Discard` is for a relay of ours alone, which would turn our refusal into a bounce.
enum class Decision : std::uint8_t { Accept, Mark, Quarantine, Discard, Refuse };

std::string_view name_of(Mode mode);
std::string_view name_of(Coverage coverage);
std::string_view name_of(RecipientClass recipient);
std::string_view name_of(Verdict verdict);
std::string_view name_of(Decision decision);

// How much of the original came back, as far as it matters here.
enum class ReturnedShape : std::uint8_t { None, Fragment, Enough };
std::string_view name_of(ReturnedShape shape);

// Where an original falls that is older than our signing (row 5).
enum class SigningAge : std::uint8_t {
  Signed,         // Signing had begun, or its date says nothing any more.
  BeforeSigning,  // Dated before signing began, and that is less than a lifetime ago.
  InGap,          // Our host took it in while signing was interrupted, less than a lifetime ago.
  NeverStarted,   // The domain has no signing_since yet.
};
std::string_view name_of(SigningAge age);

// What the key ring can do.
enum class Keys : std::uint8_t {
  None,        // There is no ring: no proof can be asked.
  VerifyOnly,  // Old mail can be proved, but nothing is signed.
  Signing,
};
std::string_view name_of(Keys keys);

// What the ledger knows of (our address, whoever failed or answers).
enum class Pair : std::uint8_t {
  Absent,
  Known,
  UsedUp,  // Known, but it has stood for as many answers this week as it may.
};
std::string_view name_of(Pair pair);

// Where the message comes from, as far as the configuration says so.
enum class Standing : std::uint8_t {
  Stranger,
  Relay,          // A server of ours that would bounce what we refuse.
  UntaggedValid,  // A peer whose answers are ours without a proof.
  NeverJudge,     // A peer, or a pair of recipient and sender, that is let alone.
};
std::string_view name_of(Standing standing);

// Whether the domain is under attack, and if so whether this message fits the run.
enum class Attack : std::uint8_t { Peace, Fits, Apart };
std::string_view name_of(Attack attack);

// What a temporary rule of the operator's says of this message: it is against a run, for a day or
// two, and never for an address that sends.
// A valve closes the whole domain for hours, to all that is not proved.
enum class Rule : std::uint8_t { None, Quarantine, Refuse, Valve };
std::string_view name_of(Rule rule);

// What the configuration says is to be done instead of the table's cell, by verdict.
struct Actions {
  std::optional<Decision> late = {};
  std::optional<Decision> replayed = {};
  std::optional<Decision> unproven = {};
  std::optional<Decision> forged = {};
  bool operator==(const Actions&) const = default;
};

struct Facts {
  reading::Kind kind = reading::Kind::Ordinary;
  ReturnedShape returned = ReturnedShape::None;
  // A proof that is not configured is Absent.
  proof::ProofResult token = proof::ProofResult::Absent;
  proof::ProofResult ledger = proof::ProofResult::Absent;  // A Message-ID of ours.
  proof::ProofResult dkim = proof::ProofResult::Absent;
  proof::ProofResult tag = proof::ProofResult::Absent;  // Of this recipient.
  Pair pair = Pair::Absent;
  bool hint = false;  // Our own queue id, within a day: speaks for us, proves nothing.
  // A signature of ours over a header that left while our mail carried tokens, and has none: speaks
  // for us, proves nothing.
  bool signature_hint = false;
  bool clock_skew = false;       // The token is ours and issued in our future.
  bool other_addressee = false;  // The proof is ours and answers to another address of ours.
  SigningAge signing = SigningAge::Signed;
  Coverage coverage = Coverage::Unknown;
  RecipientClass recipient = RecipientClass::Ordinary;
  Standing standing = Standing::Stranger;
  bool relay_discards = false;  // From a relay: forged is discarded, not held.
  Attack attack = Attack::Peace;
  // This address has had its share of unproven mail for the hour (limits.unproven_per_hour).
  bool over_rate = false;
  Rule rule = Rule::None;
  Actions actions = {};
  Keys keys = Keys::Signing;
  Mode mode = Mode::Observe;
  bool operator==(const Facts&) const = default;
};

struct Judgement {
  Verdict verdict = Verdict::NotBackscatter;
  Decision decision = Decision::Accept;  // What is done, in this mode.
  Decision enforced = Decision::Accept;  // What would be done in enforce.
  std::vector<Reason> reasons;           // The most telling first; never empty.
  unsigned score = 0;                    // 0 wanted to 100 backscatter; fixed by the verdict.
  unsigned row = 0;                      // Of the verdict table, 1 to 8; 0 where none applies.
};

Judgement decide(const Facts& facts);

// By the local part alone: those that RFC 2142 and RFC 5321 §4.5.1 give a role, list owners, SRS
// (SRS0, SRS1) and the bounce addresses of local lists (Mailman, ezmlm, Sympa).
RecipientClass classify_recipient(std::string_view local_part);

// Facts as one line of "name=value" with blanks between, those at their default left out; the same
// facts again from it.  Nothing for a text that is none of this version.
std::string render_facts(const Facts& facts);
std::optional<Facts> parse_facts(std::string_view text);

std::optional<Decision> parse_decision(std::string_view name);

}  // namespace backstop::policy
