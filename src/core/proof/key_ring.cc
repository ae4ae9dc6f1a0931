#include "core/proof/key_ring.h"

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace backstop::proof {
namespace {

crypto::Secret checked(crypto::Secret secret) {
  BS_ASSERT(secret.bytes().size() == kSecretBytes);
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
    : info_(info), secret_(checked(std::move(secret))), mac_(secret_) {
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
  }
  BS_ASSERT(emitting_keys <= 1);
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
