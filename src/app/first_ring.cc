#include "app/first_ring.h"

#include <array>

#include "core/proof/key_change.h"

namespace backstop::app {
crypto::Secret make_secret(ports::Entropy& entropy) {
  std::array<std::uint8_t, proof::kSecretBytes> bytes{};
  entropy.fill(bytes);
  crypto::Secret secret(bytes);
  crypto::wipe(bytes);
  return secret;
}

Result<void> make_first_ring(const os::KeyStore& store, ports::Entropy& entropy, Instant now) {
  BS_TRY(const os::KeyStore::Lock lock, store.lock_new());
  const proof::KeyRing empty(make_secret(entropy), {});
  BS_TRY(const proof::KeyRing added, proof::add_key(empty, make_secret(entropy), now));
  BS_TRY(const proof::KeyRing ring, proof::rotate_to(added, added.keys().front()->info().id));
  return store.save(lock, nullptr, ring);
}

}  // namespace backstop::app
