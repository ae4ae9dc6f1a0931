// Leave to sign from a key store, and the ring that is in force.
//
// Invariants
//   (1) No permit is given past the emits_until that stands on the disk.
//   (2) A failing disk takes away leave to sign, never the ring: verification goes on.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "edge/os/key_store.h"
#include "ports/entropy.h"
#include "ports/signing_permits.h"

namespace backstop::os {

// How far ahead the last emission is recorded: one write an hour.
inline constexpr std::chrono::hours kEmissionStep{1};
// After a failed write, messages go unsigned this long before the next is tried: a full disk must
// not cost every message a write.
inline constexpr Seconds kEmissionRetry{5};

// Any thread.  The common path holds a lock for the copy of a pointer only.
class KeyStorePermits final : public ports::SigningPermits {
 public:
  // Loads the ring.  `entropy` must live longer.  Errors: as KeyStore::load.
  static Result<std::unique_ptr<KeyStorePermits>> open(KeyStore store, ports::Entropy& entropy);

  Result<transaction::SigningPermit> permit(Instant now) override;

  // The ring in force; never null.
  std::shared_ptr<const proof::KeyRing> ring() const;
  // The notes of the last load.
  std::vector<std::string> notes() const;

  // Did the files change since they were last read?  Cheap.  Errors: as KeyStore::version.
  Result<bool> changed() const;
  // Reads the files again.  On an error the ring in force stays.  Errors: as KeyStore::load.
  Result<void> reload();

 private:
  // Swapped whole.
  struct State {
    LoadedRing loaded;
    std::optional<proof::KeyId> emitting;
    Instant emits_until{};  // As it stands on the disk.
  };

  KeyStorePermits(KeyStore store, ports::Entropy& entropy, LoadedRing loaded);
  std::shared_ptr<const State> state() const;
  void set_state(std::shared_ptr<const State> state);
  static std::shared_ptr<const State> make_state(LoadedRing loaded);
  transaction::SigningPermit make_permit(const State& state);
  // REQUIRES: files_mutex_ is held.
  Result<std::shared_ptr<const State>> extend(Instant now);

  KeyStore store_;
  ports::Entropy& entropy_;
  mutable std::mutex state_mutex_;
  std::shared_ptr<const State> state_;  // Guarded by state_mutex_.
  std::mutex files_mutex_;              // One reader or writer of the files at a time.
  std::optional<Instant> failed_at_;    // Guarded by files_mutex_.
  Error failure_;                       // Guarded by files_mutex_.
};

}  // namespace backstop::os
