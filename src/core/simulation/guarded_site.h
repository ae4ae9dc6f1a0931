// The guarded mail server of a simulation: every message goes through a real transaction, with keys
// that sign and a ledger in memory.
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/config/config.h"
#include "core/coverage/domain_view.h"
#include "core/play/memory.h"
#include "core/proof/key_ring.h"
#include "core/proof/sent.h"
#include "core/scenario/letter.h"
#include "core/scenario/scenario.h"
#include "core/transaction/transaction.h"

namespace backstop::simulation {

// What became of one message.
struct Passed {
  bool refused_rcpt = false;
  bool refused = false;  // At the end of the message.
  bool held = false;
  bool discarded = false;
  // Of what was judged, and of what was signed.
  std::optional<transaction::Record> record = {};
  std::string inserted = {};  // Fields put on top of it, as they stand in the header.

  bool is_delivered() const { return !refused_rcpt && !refused && !held && !discarded; }
};

class GuardedSite {
 public:
  // Signing began two months before the scenario.
  GuardedSite(const scenario::Scenario& scenario, std::uint64_t seed);

  Passed pass(const scenario::Letter& letter, Instant now);
  // A new key signs from now on; the one before only verifies.
  void change_key(Instant now);

 private:
  void make_ring();
  transaction::Answer answer(const transaction::Effect& question, Instant now);

  std::shared_ptr<const config::Config> config_;
  std::shared_ptr<const coverage::CoverageList> coverage_;
  std::vector<proof::KeyInfo> keys_;
  std::uint64_t seed_;
  std::shared_ptr<const proof::KeyRing> ring_;
  std::shared_ptr<const proof::SentHasher> hasher_;
  play::Memory memory_;
  std::uint64_t nonces_ = 0;
};

}  // namespace backstop::simulation
