#include "sim/world.h"

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "core/proof/dkim_check.h"
#include "core/proof/key_change.h"

namespace backstop::sim {
namespace {

constexpr std::chrono::hours kEmissionAhead{1};

Instant start_of(Random& random) {
  const auto within = [&](std::string_view from, std::size_t days) {
    return *parse_instant(from) + Seconds{static_cast<long>(random.below(days * 86'400))};
  };
  if (random.chance(50)) return within("2027-05-20", 45);
  return within("2026-11-21", 3000);
}

}  // namespace

World::World(std::uint64_t seed)
    : random_(seed),
      now_(start_of(random_)),
      born_(now_),
      lifetime_(Days{random_.pick(std::vector<int>{7, 14, 21, 30})}) {
  // In one life of four signing began just now, and answers to older mail are still to come.
  signing_since_ = random_.chance(25) ? now_ - std::chrono::hours{1} : now_ - Days{200};
  site_ = make_site(random_, lifetime_, signing_since_);
  make_new_ring();
}

crypto::Secret World::make_secret() {
  std::array<std::uint8_t, proof::kSecretBytes> bytes{};
  for (std::uint8_t& byte : bytes)
    byte = static_cast<std::uint8_t>(random_.next());
  return crypto::Secret(bytes);
}

void World::make_new_ring() {
  ++ring_number_;
  whole_ring_.reset();
  const proof::KeyInfo info{.id = static_cast<proof::KeyId>(1 + random_.below(3)),
                            .state = proof::KeyState::Emitting,
                            .created = now_,
                            .emits_until = now_ + kEmissionAhead};
  std::vector<std::shared_ptr<const proof::Key>> keys{
      std::make_shared<const proof::Key>(info, make_secret())};
  ring_ = std::make_shared<const proof::KeyRing>(make_secret(), std::move(keys));
  hasher_ = std::make_shared<const proof::SentHasher>(ring_->ring_secret());
}

void World::rotate() {
  const proof::KeyId old = ring_->emitting()->info().id;
  auto added = proof::add_key(*ring_, make_secret(), now_);
  BS_ASSERT(added.has_value());
  auto rotated = proof::rotate_to(*added, added->keys().back()->info().id);
  BS_ASSERT(rotated.has_value());
  if (random_.chance(50)) rotated = proof::retire_key(*rotated, old);
  ring_ = std::make_shared<const proof::KeyRing>(*std::move(rotated));
}

// The file of a key that signs no more cannot be read for a while.
void World::mislay_or_find_key() {
  if (whole_ring_ != nullptr) {
    ring_ = std::move(whole_ring_);
    whole_ring_.reset();
    return;
  }
  if (ring_->keys().size() < 2) return;
  std::vector<std::shared_ptr<const proof::Key>> left;
  for (const auto& key : ring_->keys()) {
    const bool emits = key->info().state == proof::KeyState::Emitting;
    if (emits || left.size() + 1 < ring_->keys().size()) left.push_back(key);
  }
  if (left.size() == ring_->keys().size()) left.erase(left.begin());
  whole_ring_ = ring_;
  ring_ = std::make_shared<const proof::KeyRing>(ring_->ring_secret().clone(), std::move(left));
}

Snapshot World::snapshot() const {
  return {{.config = site_->config,
           .ring = ring_,
           .hasher = hasher_,
           .gaps = gaps_.empty() ? nullptr
                                 : std::make_shared<const std::vector<proof::SigningGap>>(gaps_),
           .dkim = site_->asks_dns ? std::make_shared<const proof::DkimKeys>() : nullptr,
           .attack = attack_,
           .observes_only = observes_only()},
          site_,
          ring_number_};
}

void World::live_on(bool somebody_waits) {
  if (random_.chance(12)) happen();
  if (somebody_waits) {
    now_ += Seconds{static_cast<long>(random_.below(40))};
    return;
  }
  const std::size_t draw = random_.below(1000);
  if (draw < 800) {
    now_ += Seconds{static_cast<long>(random_.below(4 * 3600))};
  } else if (draw < 985) {
    now_ += Seconds{static_cast<long>(random_.below(20 * 3600))};
  } else if (draw < 993) {
    now_ += Days{static_cast<int>(1 + random_.below(6))};
  } else if (draw < 998) {
    now_ -= Seconds{static_cast<long>(random_.below(20 * 3600))};  // A clock set right, or wrong.
  } else {
    now_ -= Days{static_cast<int>(1 + random_.below(4))};
  }
}

void World::happen() {
  switch (random_.below(8)) {
    case 0:
      ledger_away_ = !ledger_away_ && random_.chance(50);
      ledger_.set_away(ledger_away_);
      return;
    case 1:
      signing_fails_ = !signing_fails_ && random_.chance(40);
      return;
    case 2:
      if (whole_ring_ == nullptr) rotate();
      return;
    case 3:
      mislay_or_find_key();
      return;
    case 4:
      // Rare: for a lifetime afterwards hardly anything is refused.
      if (!random_.chance(6)) return;
      make_new_ring();
      observe_until_ = now_ + lifetime_;
      // What left by a clock that stood ahead is excused for less than its lifetime.
      std::erase_if(sent_, [this](const auto& sent) { return sent->at > now_; });
      return;
    case 5:
    case 6:
      site_ = make_site(random_, lifetime_, signing_since_);
      return;
    default:
      attack_ = random_.chance(70)   ? policy::Attack::Peace
                : random_.chance(50) ? policy::Attack::Fits
                                     : policy::Attack::Apart;
  }
}

void World::add_gap(Instant from, Instant to, proof::GapCause cause) {
  proof::add_gap(gaps_, {.from = std::min(from, to), .to = std::max(from, to), .cause = cause},
                 now_, lifetime_);
}

Result<transaction::Answer> World::grant() {
  if (signing_fails_) return fail(Errc::Unavailable, "", "the disk is full");
  const proof::Key* key = ring_->emitting();
  if (key == nullptr) return fail(Errc::NotFound, "", "no key emits");
  const auto extend = [&](std::shared_ptr<const proof::KeyRing>& ring) {
    ring = std::make_shared<const proof::KeyRing>(
        proof::extend_emission(*ring, key->info().id, now_ + kEmissionAhead));
  };
  if (!key->info().emits_until || *key->info().emits_until < now_) {
    const std::shared_ptr<const proof::KeyRing> held = ring_;  // `key` is of it.
    if (whole_ring_ != nullptr) extend(whole_ring_);
    extend(ring_);
  }
  transaction::SigningPermit permit{
      .ring = ring_, .key = ring_->emitting()->info().id, .nonce = {}};
  std::uint64_t number = ++nonces_;
  for (auto byte = permit.nonce.rbegin(); byte != permit.nonce.rend(); ++byte, number >>= 8)
    *byte = static_cast<std::uint8_t>(number);
  return permit;
}

Result<transaction::Answer> World::look_up(const proof::LedgerQuery& query) {
  auto answer = ledger_.look_up(query, now_);
  if (!answer) return tl::unexpected(answer.error());
  return *std::move(answer);
}

Result<transaction::Answer> World::find_key(const proof::DkimKeyName& /*name*/) {
  return proof::DkimKeyAnswer{};  // No selector of ours is of that name.
}

void World::record(const proof::SentMessage& message) {
  ledger_.record_sent(message);
  if (ledger_away_) add_gap(now_, now_, proof::GapCause::Store);
}

void World::count(const proof::Uses& uses) {
  ledger_.count_uses(uses);
}

unsigned World::wrong_tags(std::string_view client) const {
  const auto address = IpAddress::parse(client);
  return address ? wrong_tags_.count(*address, now_) : 0;
}

}  // namespace backstop::sim
