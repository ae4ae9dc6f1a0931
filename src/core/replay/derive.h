// The facts of a remembered message under another policy: what follows from the configuration is
// derived anew from the row's recipient, sender and client; what the row does not tell stays as it
// was recorded, and is named.
//
// Pure; one thread for each object.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/policy/policy.h"
#include "core/proof/sent.h"
#include "core/transaction/history_row.h"

namespace backstop::replay {

// What a row cannot tell.
enum class Unknown : std::uint8_t {
  Facts,      // None are kept, or they are of another version: not judged again at all.
  Recipient,  // A recipient that the row does not name, or whose facts it does not tell apart.
  NotJudged,  // Nobody judged it for that recipient then.
  From,       // A peer or an allowed sender by name; senders are kept as hashes, From: not at all.
  Relay,      // Whether a server of ours brought it.
  Signing,    // When the original was sent.
  Store,      // Whether the ledger was away, or only one of several.
};
inline constexpr unsigned kUnknownCount = 7;
// "sender": for JSON; and a sentence for people.
std::string_view name_of(Unknown unknown);
std::string_view sentence_of(Unknown unknown);

// A set of them.
class Unknowns {
 public:
  void add(Unknown unknown) { bits_ |= 1U << static_cast<unsigned>(unknown); }
  bool has(Unknown unknown) const { return (bits_ & (1U << static_cast<unsigned>(unknown))) != 0; }
  bool empty() const { return bits_ == 0; }

 private:
  unsigned bits_ = 0;
};

// One recipient under the other policy.
struct Derived {
  policy::Facts facts;
  bool is_refused_at_rcpt = false;  // Before there is a message; `reason` says why.
  policy::Reason reason = policy::Reason::SendsNoMail;
};

class Derivation {
 public:
  // `hasher`: of the ring, or null.  REQUIRES: all three outlive this.
  Derivation(const config::Config& before, const config::Config& next,
             const proof::SentHasher* hasher);

  // `was`: the recorded facts of that recipient of `row`.
  Derived derive(const transaction::HistoryRow& row, const policy::Facts& was,
                 const mail::Address& recipient, Unknowns& unknowns) const;

  // Keys of options that differ and on which judging depends, but not in a way that a history could
  // tell: what they are about was replayed as it was.
  const std::vector<std::string_view>& not_replayed() const { return not_replayed_; }
  // True where client and sender of a row matter to derive().
  bool asks_who_sends() const { return asks_peers_ || asks_allow_ || asks_relays_; }
  // True where the row's time does.
  bool asks_when() const { return asks_when_; }

 private:
  struct Match {
    bool found = false;
    policy::Standing standing = policy::Standing::Stranger;
  };

  policy::Standing derive_standing(const transaction::HistoryRow& row, policy::Standing was,
                                   const mail::Address& recipient, Unknowns& unknowns) const;
  Match find_match(const config::Config& config, const transaction::HistoryRow& row,
                   const mail::Address& recipient) const;
  bool sent_by(const transaction::HistoryRow& row, std::string_view name) const;
  bool may_match_by_name(const std::string& recipient) const;
  policy::SigningAge derive_signing(const transaction::HistoryRow& row, policy::SigningAge was,
                                    const config::Domain& domain, Unknowns& unknowns) const;
  bool is_refused_at_rcpt(const transaction::HistoryRow& row, const config::Domain& domain,
                          const mail::Address& recipient, Derived& derived) const;

  const config::Config& before_;
  const config::Config& next_;
  const proof::SentHasher* hasher_;
  bool asks_peers_ = false;
  bool asks_allow_ = false;
  bool asks_relays_ = false;
  bool asks_when_ = false;
  bool peers_by_name_differ_ = false;
  bool keeps_relays_ = true;             // Whoever was a relay is one still.
  std::set<std::string> allow_differs_;  // Canonical recipients.
  std::vector<std::string_view> not_replayed_;
};

}  // namespace backstop::replay
