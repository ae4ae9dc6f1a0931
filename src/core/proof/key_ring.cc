#include "core/proof/key_ring.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "core/base/assert.h"
#include "core/base/base32.h"
#include "core/base/limits.h"

namespace backstop::proof {
namespace {

// With the zero byte that ends it.
constexpr std::string_view kRingLabel{"backstop token ring\0", 20};
constexpr std::string_view kTagLabel{"backstop tag key\0", 17};

crypto::Secret checked(crypto::Secret secret) {
  BS_ASSERT(secret.bytes().size() == kSecretBytes);
  return secret;
}

// Printable and under 65 characters, since others keep it in configuration files and take no more.
crypto::Secret derive_tag_secret(const crypto::HmacSha256& mac) {
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const auto* const label = reinterpret_cast<const std::uint8_t*>(kTagLabel.data());
  crypto::Sha256Mac derived = mac.compute({label, kTagLabel.size()});
  std::string text = encode_base32(derived);
  crypto::wipe(derived);
  // SAFETY: as above.
  const std::span bytes(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
  crypto::Secret secret(bytes);
  crypto::wipe(bytes);
  return secret;
}

}  // namespace

std::string_view name_of(KeyState state) {
  switch (state) {
    case KeyState::Emitting:
      return "emitting";
    case KeyState::Waiting:
      return "waiting";
    case KeyState::Retired:
      return "retired";
  }
  return "";
}

std::optional<Instant> KeyInfo::verifies_until(Seconds lifetime) const {
  if (state == KeyState::Emitting || !emits_until) return std::nullopt;
  return *emits_until + lifetime + Days{1};
}

std::optional<Instant> KeyInfo::kept_until(Seconds lifetime) const {
  const auto verifies = verifies_until(lifetime);
  if (!verifies) return std::nullopt;
  return *verifies + kKeptAfterwards;
}

Key::Key(KeyInfo info, crypto::Secret secret)
    : info_(info),
      secret_(checked(std::move(secret))),
      mac_(secret_),
      tag_secret_(derive_tag_secret(mac_)),
      tag_mac_(tag_secret_) {
  BS_ASSERT(info_.id >= 1 && info_.id <= limits::kKeysPerRing);
}

KeyRing::KeyRing(crypto::Secret ring_secret, std::vector<std::shared_ptr<const Key>> keys,
                 std::vector<KeyId> deleted)
    : ring_secret_(checked(std::move(ring_secret))),
      check_mac_(ring_secret_),
      keys_(std::move(keys)),
      deleted_(std::move(deleted)) {
  std::ranges::sort(keys_, {}, [](const auto& key) { return key->info().id; });
  std::ranges::sort(deleted_);
  std::size_t emitting_keys = 0;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    BS_ASSERT(i == 0 || keys_[i - 1]->info().id != keys_[i]->info().id);
    BS_ASSERT(!is_deleted(keys_[i]->info().id));
    if (keys_[i]->info().state == KeyState::Emitting) ++emitting_keys;
    const KeyId id = keys_[i]->info().id;
    ring_checks_.push_back(make_ring_check(static_cast<std::uint8_t>(kTokenVersion << 4 | id >> 8),
                                           static_cast<std::uint8_t>(id & 0xff)));
  }
  BS_ASSERT(emitting_keys <= 1);
}

RingCheck KeyRing::make_ring_check(std::uint8_t first, std::uint8_t second) const {
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const auto* const label = reinterpret_cast<const std::uint8_t*>(kRingLabel.data());
  const std::array<std::uint8_t, 2> bytes{first, second};
  const crypto::Sha256Mac mac = check_mac_.compute({label, kRingLabel.size()}, bytes);
  RingCheck check{};
  std::copy_n(mac.begin(), check.size(), check.begin());
  return check;
}

RingCheck KeyRing::ring_check(std::uint8_t first, std::uint8_t second) const {
  const auto id = static_cast<KeyId>((first & 0x0fU) << 8 | second);
  const auto found =
      std::ranges::lower_bound(keys_, id, {}, [](const auto& key) { return key->info().id; });
  if (first >> 4 != kTokenVersion || found == keys_.end() || (*found)->info().id != id)
    return make_ring_check(first, second);
  return ring_checks_[static_cast<std::size_t>(found - keys_.begin())];
}

const Key* KeyRing::emitting() const {
  const auto found = std::ranges::find(keys_, KeyState::Emitting,
                                       [](const auto& key) { return key->info().state; });
  return found == keys_.end() ? nullptr : found->get();
}

const Key* KeyRing::find(KeyId id) const {
  const auto found =
      std::ranges::lower_bound(keys_, id, {}, [](const auto& key) { return key->info().id; });
  return found == keys_.end() || (*found)->info().id != id ? nullptr : found->get();
}

bool KeyRing::is_deleted(KeyId id) const {
  return std::binary_search(deleted_.begin(), deleted_.end(), id);
}

}  // namespace backstop::proof
