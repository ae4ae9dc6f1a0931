// What is asked about one answer before it is judged, and in which order: the ledger; then, when
// neither a token nor the ledger proves, a signature of ours in the returned header, for whose key
// DNS may have to be asked, and how often that signature was answered already.
//
// Not thread-safe; one object per message.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/proof/dkim_check.h"
#include "core/transaction/effects.h"
#include "core/transaction/events.h"
#include "core/transaction/ledger_question.h"

namespace backstop::transaction {

class ProofQuestions {
 public:
  // `hasher`: null when there is no ledger.  `keys`: null when signatures are not looked at.  The
  // reading and the configuration of `asked`, `hasher` and `keys` outlive this.
  ProofQuestions(const Asked& asked, const proof::SentHasher* hasher, const proof::DkimKeys* keys,
                 Instant now);

  // The next question, AskLedger or AskDkimKey; nothing when all is known.  REQUIRES: on_answer()
  // was called for the last one.
  std::optional<Effect> next(Instant now);
  void on_answer(const Answered& event, Instant now);

  // Null when it was not asked.
  const LedgerFindings* ledger() const { return ledger_ ? &*ledger_ : nullptr; }
  const DkimFindings* dkim() const { return dkim_ ? &*dkim_ : nullptr; }

 private:
  enum class Step : std::uint8_t { Ledger, Signature, Key, Uses, Done };
  bool wants_signature() const;
  std::optional<Effect> ask_for_key();
  std::optional<Effect> ask_for_uses();

  const reading::Reading& reading_;
  const config::Config& config_;
  const proof::SentHasher* hasher_;
  const proof::DkimKeys* keys_;
  proof::ProofResult token_;
  std::optional<LedgerQuestion> question_;
  std::optional<LedgerFindings> ledger_;
  std::optional<proof::DkimCheck> check_;
  std::optional<DkimFindings> dkim_;
  Step step_ = Step::Ledger;
};

}  // namespace backstop::transaction
