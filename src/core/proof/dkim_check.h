// The dkim proof: a returned header that carries a signature of ours over itself is one that we
// wrote.  docs/formats/dkim.md.
//
// Pure: the caller brings keys and time.  Not thread-safe; one object per message.
//
// Invariants
//   (1) Valid and Late need a signature with d= of ours that one of our keys made over the fields
//   it
//       names, From among them, as they came back; nothing else is either.
//   (2) What was signed longer than `lifetime` ago, or at a time nobody can tell, is never Valid.
//   (3) At most limits::kDkimCandidates signatures are held against keys, and at most
//       limits::kDkimQuestionsPerMessage selectors are asked for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/mail/raw_header.h"
#include "core/proof/dkim_key.h"
#include "core/proof/dkim_signature.h"
#include "core/proof/token.h"

namespace backstop::proof {

// A selector of a domain of ours whose key is not at hand.
struct DkimKeyName {
  std::string domain;
  std::string selector;
  bool operator==(const DkimKeyName&) const = default;
};

// What DNS knows of a selector: its keys; none when it has no record, or none that can be used.
struct DkimKeyAnswer {
  std::vector<crypto::PublicKey> keys;
};

struct DkimResult {
  // Valid, Late, Absent; Unavailable when a key could not be asked for and nothing else proves.
  ProofResult result = ProofResult::Absent;
  DkimKeyName key;                   // Of the signature that proves; else of the first in our name.
  std::optional<Instant> signed_at;  // Meaningful for Valid and Late; nothing when it does not say.
  // What its uses are counted by, for Valid and Late: the bytes of b=.
  std::vector<std::uint8_t> value;
};

class DkimCheck {
 public:
  // `is_ours`: is the domain (lower case) one that we sign for?  `header` and `keys` outlive this.
  DkimCheck(const mail::RawHeader& header, const std::function<bool(std::string_view)>& is_ours,
            const DkimKeys& keys, Instant now, Seconds lifetime);

  // The next selector to ask for; nothing when none is left, none may be asked any more, or what is
  // known proves already.
  std::optional<DkimKeyName> question() const;
  // The answer to question(); an error when it could not be asked.
  void on_answer(const Result<DkimKeyAnswer>& answer);

  const DkimResult& result() const { return result_; }

 private:
  struct Candidate {
    DkimSignature signature;
    std::size_t index = 0;  // Of its field.
  };
  bool try_keys(const Candidate& candidate, const std::vector<crypto::PublicKey>& keys);

  const mail::RawHeader& raw_;
  std::optional<DkimHeader> header_;  // Once there is a signature to hold against a key.
  Instant now_;
  Seconds lifetime_;
  std::vector<Candidate> unknown_;  // Those whose keys are not known, in order.
  std::size_t asked_ = 0;
  DkimResult result_;
};

}  // namespace backstop::proof
