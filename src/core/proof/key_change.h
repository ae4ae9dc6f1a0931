// Changes of a ring as pure functions: each takes a ring and gives the ring after the change, or
// says why it must not be made.
//
// Invariants
//   (1) No change makes a token that is valid or late come out as anything worse.
//   (2) No change gives out the id of another key, living or deleted.
//   (3) emits_until never moves back.
#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/proof/key_ring.h"

namespace backstop::proof {

// The id the next key gets: one more than any before, and after 4095 the lowest never used.
// Errors: Errc::Limit when all were used.
Result<KeyId> next_key_id(const KeyRing& ring);

// A ring with one more key, Waiting, of id next_key_id.  Errors: Errc::Limit.
// REQUIRES: secret of kSecretBytes random bytes.
Result<KeyRing> add_key(const KeyRing& ring, crypto::Secret secret, Instant now);

// `id` emits from now on; the key that did waits.  Errors: Errc::NotFound; Errc::Denied for a
// retired key; Errc::Exists when it emits already.
Result<KeyRing> rotate_to(const KeyRing& ring, KeyId id);

// `id` never signs again.  Errors: Errc::NotFound; Errc::Denied for the key that emits;
// Errc::Exists when it is retired already.
Result<KeyRing> retire_key(const KeyRing& ring, KeyId id);

// May `id` be forgotten?  Not before it is retired, and not before last emission + lifetime + 1 day
// + kKeptAfterwards.  Errors: Errc::NotFound; Errc::Denied with the first day it may.
Result<void> check_deletion(const KeyRing& ring, KeyId id, Instant now, Seconds lifetime);
// The ring without it; its id is remembered.  Errors: as check_deletion.
Result<KeyRing> delete_key(const KeyRing& ring, KeyId id, Instant now, Seconds lifetime);

// `id` may sign until `until`; nothing changes if it may for longer.
// REQUIRES: id is of the ring.
KeyRing extend_emission(const KeyRing& ring, KeyId id, Instant until);

// What another host knows of this ring added to what we know: missing keys (Waiting or Retired),
// the later emits_until, the stricter `retired`, its deleted ids that are not keys here.  Which key
// emits is not changed, but for a key that is retired elsewhere: then the import is refused.
// Errors: Errc::Denied for another ring's secret, an id taken by another secret, or our emitting
// key retired there.
Result<KeyRing> merge_rings(const KeyRing& ours, const KeyRing& theirs);

}  // namespace backstop::proof
