// One message that was signed or judged, as the history keeps it: the facts the policy saw and what
// came of them.  No body; addresses of ours in clear, others as keyed hashes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/proof/sent.h"
#include "core/transaction/record.h"

namespace backstop::transaction {

struct HistoryRow {
  Instant at{};
  std::string queue_id;
  Direction direction = Direction::Inbound;
  // An address of ours as it is; else "#" and its key as 16 hex digits; "" for the null sender.
  std::string sender;
  std::vector<std::string> recipients;  // Likewise; the first few.
  std::uint32_t recipient_count = 0;
  std::string client;
  proof::SentKey message_id = 0;   // SentHasher::message of its own Message-ID; 0: it has none.
  proof::SentKey original_id = 0;  // Of the outermost returned or referred-to Message-ID.
  // SentHasher::text of watch::Fingerprint's subject and message_id; 0: nothing of it came back.
  proof::SentKey subject = 0;
  proof::SentKey origin = 0;
  bool is_signed = false;  // Outgoing.
  // Inbound:
  std::string kind;
  std::string verdict;
  std::string decision;  // What was done.
  std::string enforced;  // What would have been done in enforce.
  std::string reasons;   // Identifiers with commas between.
  // policy::render_facts for each recipient that was judged, alike ones once, '|' between: the
  // decision can be recomputed from it (recompute()).
  std::string facts;
  // For each of `recipients` one character: which of `facts` are its own, '0' the first.  "" where
  // there is only one, and in rows of the first version.
  std::string facts_of;
};

// Without a hasher in the record (there are no keys) foreign addresses are left out.
HistoryRow make_history_row(const Record& record, std::string_view queue_id);

// How the history writes an address that may be foreign.
std::string shown_address(const mail::Address& address, bool is_ours,
                          const proof::SentHasher* hasher);

// Which facts of a row are those of recipient number `index` of the row; nothing when the row does
// not tell.
std::optional<std::size_t> find_facts_of(const HistoryRow& row, std::size_t index);

// The facts of a row one by one; nothing when they cannot be read.
std::optional<std::vector<policy::Facts>> parse_row_facts(std::string_view facts);

// The judgement that the facts of a row lead to under the table in force.  Nothing when the row's
// facts cannot be read (an outgoing row, or one of another version).
std::optional<policy::Judgement> recompute(const HistoryRow& row);
// The same from judgements of its recipients.  REQUIRES: not empty.
policy::Judgement combine_row(const HistoryRow& row,
                              const std::vector<policy::Judgement>& judgements);

// As HistoryRow::reasons has them.
std::string join_reasons(const std::vector<policy::Reason>& reasons);

}  // namespace backstop::transaction
