// One message's way through the server: events in, effects out.  It asks, it never calls: no clock,
// no store, no socket.  The milter door, a play and a test drive the same object.
//
// Order of events: MailFrom, RcptTo*, HeaderField*, EndOfHeaders, BodyChunk*, EndOfMessage; Aborted
// at any time ends it.  Whatever comes out of order is ignored.  Not thread-safe.
//
// Invariants
//   (1) In observe no Reply is Refuse or Defer.
//   (2) Fields change only at EndOfMessage.
//   (3) At most one question is open, and no Reply is given while it is.
//   (4) After Reply{Accept}, Refuse or Defer nothing more comes out.
//   (5) A granted pass of a canary changes nothing of what is judged or refused: what would have
//       been taken is thrown away instead, no use of a proof is counted, and its record says so.
//   (6) A sample is asked to be kept of what is refused only, and before it is.
//   (7) An answer that is an error never stops mail: it goes on unsigned, with a Note.
#pragma once

#include <memory>
#include <vector>

#include "core/base/time.h"
#include "core/config/config.h"
#include "core/coverage/domain_view.h"
#include "core/policy/policy.h"
#include "core/proof/dkim_key.h"
#include "core/proof/key_ring.h"
#include "core/proof/sent.h"
#include "core/proof/signing_gap.h"
#include "core/transaction/effects.h"
#include "core/transaction/events.h"
#include "core/transaction/sender_tag.h"
#include "core/watch/attack_list.h"
#include "core/watch/rule.h"
#include "core/watch/sender_book.h"

namespace backstop::transaction {

// What is in force when a message begins; one snapshot for its whole way.
struct Surroundings {
  std::shared_ptr<const config::Config> config;  // Never null.
  std::shared_ptr<const proof::KeyRing> ring;    // Null when there are no keys.
  std::shared_ptr<const proof::SentHasher> hasher =
      {};  // Of the ring; null when there is no ledger.
  std::shared_ptr<const std::vector<proof::SigningGap>> gaps = {};  // Null when there are none.
  std::shared_ptr<const proof::DkimKeys> dkim = {};  // Null when that proof is not configured.
  // Domains that refuse tagged senders, beside the configured ones; null when there are none.
  std::shared_ptr<const TagExemptDomains> tag_exempt = {};
  // What was learnt of how our domains send; null when nothing is.
  std::shared_ptr<const coverage::CoverageList> coverage = {};
  // What the watch sees; null where nobody watches.
  std::shared_ptr<const watch::AttackList> attacks = {};
  // Where nobody watches: of every message alike, as a play or a simulation says.
  policy::Attack attack = policy::Attack::Peace;
  std::shared_ptr<const watch::RuleBook> rules = {};  // Null when there are none.
  // Who of us sends; null where that is not known.
  std::shared_ptr<const watch::SenderBook> senders = {};
  bool observes_only =
      false;  // Whatever the configuration says: the keys of what was sent are lost.
};

class Transaction {
 public:
  Transaction(Surroundings surroundings, Client client);
  ~Transaction();
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  // Appends to `effects`.
  void on(const Event& event, Instant now, Effects& effects);

  bool waiting() const;   // A question is open.
  bool finished() const;  // Nothing more will come out.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace backstop::transaction
