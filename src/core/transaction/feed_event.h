// What is told of an answer that is verified: for programs that act on it, so nothing is asserted
// that whoever wrote the answer could have invented.
//
// Invariants
//   (1) Only what is genuine is told, and what is late (ours, past its lifetime).
//   (2) `bounced` says: a proof is valid, and the ledger holds this recipient for this very
//   message.
//       Everything else is `answer`.
//   (3) A recipient that the ledger does not hold for the message is not named.
//
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/transaction/record.h"

namespace backstop::transaction {

struct FeedEvent {
  std::string id;  // Of this event; the same when it is told twice.
  Instant at{};
  bool bounced = false;
  policy::Verdict verdict = policy::Verdict::Genuine;
  reading::Kind kind = reading::Kind::Bounce;
  std::vector<std::string_view> proofs;  // "token", "ledger", "dkim", "tag", "pair".
  std::string message_id;                // Ours, that the ledger holds; "" for none.
  std::vector<std::string> to;           // Addresses of ours that it came to.
  bool reports = false;                  // It is about a recipient, who may be unconfirmed.
  std::string recipient;                 // "": unconfirmed, or it is about none.
  std::string action;                    // As the report says it: failed, delayed; "" unknown.
  std::string status;                    // "5.1.1"; "" unknown.
  reading::FailureReason reason = reading::FailureReason::Unknown;
  double confidence = 0.0;  // That it is of this kind.
};

// One for each recipient that is reported, of at most limits::kFeedRecipients; one where none is;
// none for what is not verified.  `queue_id`: the server's, or one of ours.
std::vector<FeedEvent> feed_events_of(const Record& record, std::string_view queue_id);

}  // namespace backstop::transaction
