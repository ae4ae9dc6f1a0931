// What the ledger is asked about one answer, and what its answer means.  The question is made from
// the reading before the ledger is asked; its findings go to the verdict table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/config/config.h"
#include "core/mail/address.h"
#include "core/policy/policy.h"
#include "core/proof/dkim_check.h"
#include "core/proof/sent.h"
#include "core/proof/token.h"
#include "core/proof/use_count.h"
#include "core/reading/reading.h"
#include "core/transaction/events.h"
#include "core/transaction/record.h"

namespace backstop::transaction {

struct LedgerFindings {
  proof::ProofResult ledger = proof::ProofResult::Absent;
  bool same_sender = false;         // What the ledger knows was sent by an addressee.
  bool token_used_up = false;       // The token's message was answered more often than it explains.
  bool hint = false;                // A queue id of ours, within a day.
  std::vector<policy::Pair> pairs;  // For each addressee of the question.
  std::uint32_t largest_header_bytes = 0;
  // Where somebody reads the feed: the Message-ID of ours that the answer names and the ledger
  // holds ("" none), and those of the reading's recipients that the ledger holds for the returned
  // message, each once.
  std::string known_id;
  std::vector<HeldRecipient> held;
  // To be counted when a proof decided, and when the pair of an addressee did (one for each).
  proof::Uses proof_uses;
  std::vector<proof::Uses> pair_uses;
};

// What was found of a signature of ours in the returned header.
struct DkimFindings {
  proof::ProofResult result = proof::ProofResult::Absent;
  std::optional<Instant> signed_at;  // Nothing when it does not say.
  bool used_up = false;              // It was answered more often than one message explains.
  // Whose key made it, when it is right; nothing else.
  std::optional<proof::DkimKeyName> signature = {};
  proof::Uses uses;  // To be counted when it decided.
};

// Everything of one answer that the question needs; views are valid while it is made.
struct Asked {
  const reading::Reading& reading;
  const std::vector<mail::Address>& addressees;  // RCPTs of ours.
  const mail::Address& envelope;                 // Who sends the answer.
  const mail::Address& header_from;
  const proof::TokenCheck& token;
  const config::Config& config;
  const Client& client;
};

class LedgerQuestion {
 public:
  LedgerQuestion(const Asked& asked, const proof::SentHasher& hasher, Instant now);

  const proof::LedgerQuery& query() const { return query_; }

  // `answer` in the query's order; shorter lists count as "not there".
  LedgerFindings read(const proof::LedgerAnswer& answer, Instant now, Seconds lifetime) const;
  // How often a signature of ours was answered, asked once it is known to be ours.
  proof::LedgerQuery signature_query(const proof::SentHasher& hasher, proof::SentKey signature);
  // `answer` to signature_query().  REQUIRES: that was called.
  void read_signature(const proof::LedgerAnswer& answer, Instant now, DkimFindings& findings) const;
  // When there is no answer: nothing may be concluded.
  LedgerFindings away() const;

 private:
  // A message of ours that the answer may be about: by its token, or by a Message-ID.
  struct Candidate {
    bool by_token = false;
    std::size_t message = 0;        // In query_.messages; meaningless by token.
    std::size_t first_counter = 0;  // In query_.counters: two for all, then two for each party.
    std::vector<proof::UseCounters> parties;
  };

  // A recipient that the report names, and the key under which the ledger holds it.
  struct Held {
    HeldRecipient recipient;
    std::size_t pair = 0;  // In query_.pairs.
  };

  void ask_pairs(const Asked& asked, const proof::SentHasher& hasher, Instant now,
                 const std::vector<mail::Address>& parties);
  void ask_recipients(const Asked& asked, const proof::SentHasher& hasher);
  void read_recipients(const proof::LedgerAnswer& answer, const std::vector<bool>& in_date,
                       LedgerFindings& out) const;
  // With its counters put into `query`.
  Candidate make_candidate(const proof::SentHasher& hasher, proof::SentKey key,
                           proof::LedgerQuery& query) const;
  proof::UseFacts use_facts(const Candidate& candidate, const proof::LedgerAnswer& answer,
                            std::size_t& party) const;

  proof::LedgerQuery query_;
  std::vector<proof::SentKey> parties_;
  std::vector<Candidate> candidates_;
  Candidate signature_;
  unsigned kind_ = 0;
  std::vector<Instant> hop_dates_;          // Of each queue id asked for.
  std::vector<std::size_t> week_counters_;  // In query_.counters, for each pair of an addressee.
  std::size_t addressees_ = 0;
  std::size_t named_parties_ =
      0;  // Pairs stand in rows of as many, one row an addressee, then writers.
  std::size_t pair_keys_ = 0;  // So many pairs; behind them stand those of held_.
  std::vector<Held> held_;
  std::vector<std::string> ids_;  // Of query_.messages; where somebody reads the feed.
  bool returned_id_ = false;      // The first of them is what is returned.
  bool token_valid_ = false;
  Instant token_issued_{};
  bool returned_list_ = false;
};

}  // namespace backstop::transaction
