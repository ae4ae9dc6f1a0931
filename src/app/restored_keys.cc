#include "app/restored_keys.h"

#include <memory>

#include "core/proof/key_change.h"
#include "edge/os/key_store.h"

namespace backstop::app {

Result<void> extend_restored_keys(const std::string& directory, Instant now) {
  const os::KeyStore store(directory);
  BS_TRY(const os::KeyStore::Lock lock, store.lock());
  BS_TRY(const os::LoadedRing loaded, store.load());
  auto ring = loaded.ring;
  for (const auto& key : loaded.ring->keys()) {
    // One that never signed verifies for ever as it is; were it told that it had, it would not.
    if (key->info().state == proof::KeyState::Retired || !key->info().emits_until) continue;
    ring =
        std::make_shared<const proof::KeyRing>(proof::extend_emission(*ring, key->info().id, now));
  }
  return store.save(lock, loaded.ring.get(), *ring);
}

}  // namespace backstop::app
