// What surrounds the transactions: clock, keys, stores, faults, and what the generator remembers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/proof/key_ring.h"
#include "core/proof/signing_gap.h"
#include "core/proof/wrong_tags.h"
#include "core/transaction/transaction.h"
#include "sim/letter.h"
#include "sim/random.h"
#include "sim/site.h"
#include "testing/fake_ledger.h"

namespace backstop::sim {

// What a transaction begins with, as the product and as the generator sees it.
struct Snapshot {
  transaction::Surroundings surroundings;
  std::shared_ptr<const Site> site;
  unsigned ring_number = 0;  // From 1; a new one means that the keys were lost.
};

class World {
 public:
  // One of many short lives of a site, each in other circumstances: some begin shortly before the
  // day at which the three digits of tags come round (2027-07-01, the 21000th day).
  explicit World(std::uint64_t seed);

  Random& random() { return random_; }
  Instant now() const { return now_; }
  Instant born() const { return born_; }
  Seconds lifetime() const { return lifetime_; }
  const Site& site() const { return *site_; }
  Snapshot snapshot() const;

  // Time goes on, mostly by hours, by seconds while somebody waits; and now and then something
  // happens to the site.
  void live_on(bool somebody_waits);
  void pass(Seconds time) { now_ += time; }

  // Leave to sign, as whoever keeps the keys gives it: the last emission is ahead of the signature.
  Result<transaction::Answer> grant();
  Result<transaction::Answer> look_up(const proof::LedgerQuery& query);
  Result<transaction::Answer> find_key(const proof::DkimKeyName& name);
  void record(const proof::SentMessage& message);
  void count(const proof::Uses& uses);
  void count_wrong_tag(const IpAddress& client) { wrong_tags_.add(client, now_); }
  // Those of its network so far.
  unsigned wrong_tags(std::string_view client) const;
  // Mail left unsigned, or without a record, at this time.
  void add_gap(Instant from, Instant to, proof::GapCause cause);

  bool ledger_is_away() const { return ledger_away_; }
  // Rings are numbered from 1; a new one means that the keys were lost.
  unsigned ring_number() const { return ring_number_; }
  bool has_key(unsigned id) const { return ring_->find(static_cast<proof::KeyId>(id)) != nullptr; }
  bool observes_only() const { return observe_until_ && now_ < *observe_until_; }

  std::vector<std::shared_ptr<Sent>>& sent() { return sent_; }

 private:
  void make_new_ring();
  void rotate();
  void mislay_or_find_key();
  void happen();
  crypto::Secret make_secret();

  Random random_;
  Instant now_{};
  Instant born_{};
  Instant signing_since_{};
  Seconds lifetime_{};
  std::shared_ptr<const Site> site_;
  std::shared_ptr<const proof::KeyRing> ring_;
  std::shared_ptr<const proof::KeyRing> whole_ring_;  // While a key file is mislaid.
  std::shared_ptr<const proof::SentHasher> hasher_;
  unsigned ring_number_ = 0;
  std::optional<Instant> observe_until_;
  std::vector<proof::SigningGap> gaps_;
  testing::FakeLedger ledger_;
  proof::WrongTags wrong_tags_;
  bool ledger_away_ = false;
  bool signing_fails_ = false;
  policy::Attack attack_ = policy::Attack::Peace;
  std::uint64_t nonces_ = 0;
  std::vector<std::shared_ptr<Sent>> sent_;
};

}  // namespace backstop::sim
