// New secrets, and the first key ring of an installation.
#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/secret.h"
#include "edge/os/key_store.h"
#include "ports/entropy.h"

namespace backstop::app {

// The bytes of a new key or ring.
crypto::Secret make_secret(ports::Entropy& entropy);

// Makes a ring with one key that emits.  Errors: Errc::Exists when there is one; as
// KeyStore::lock_new and KeyStore::save.
Result<void> make_first_ring(const os::KeyStore& store, ports::Entropy& entropy, Instant now);

}  // namespace backstop::app
