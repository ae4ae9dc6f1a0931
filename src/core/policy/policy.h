// The verdict table: what is known of one answer, for one recipient, becomes verdict, decision and
// reasons.  Pure; the whole table is rendered to testdata/policy/truth_table.txt and committed.
#pragma once

#include <cstdint>
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
  Role
};  // Role: postmaster@, abuse@ and alike.
enum class Verdict : std::uint8_t { NotBackscatter, Genuine, Late, Replayed, Unproven, Forged };
// From mild to strict: of several recipients' decisions the least is answered.
enum class Decision : std::uint8_t { Accept, Mark, Quarantine, Refuse };

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

struct Facts {
  reading::Kind kind = reading::Kind::Ordinary;
  ReturnedShape returned = ReturnedShape::None;
  proof::ProofResult token = proof::ProofResult::Absent;
  bool clock_skew = false;       // The token is ours and issued in our future.
  bool other_addressee = false;  // The token is ours and answers to another address of ours.
  SigningAge signing = SigningAge::Signed;
  Coverage coverage = Coverage::Unknown;
  RecipientClass recipient = RecipientClass::Ordinary;
  Keys keys = Keys::Signing;
  Mode mode = Mode::Observe;
};

struct Judgement {
  Verdict verdict = Verdict::NotBackscatter;
  Decision decision = Decision::Accept;  // What is done, in this mode.
  Decision enforced = Decision::Accept;  // What would be done in enforce.
  std::vector<Reason> reasons;           // The most telling first; never empty.
  unsigned score = 0;                    // 0 wanted to 100 backscatter; fixed by the verdict.
};

Judgement decide(const Facts& facts);

// The local parts that RFC 2142 and RFC 5321 §4.5.1 give a role: never refused wholesale.
RecipientClass classify_recipient(std::string_view local_part);

}  // namespace backstop::policy
