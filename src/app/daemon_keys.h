// The daemon's keys: there or not yet, and read again when their files change.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "edge/os/key_store_permits.h"
#include "ports/entropy.h"
#include "ports/signing_permits.h"

namespace backstop::app {

// Any thread, but refresh(): one.
class DaemonKeys final : public ports::SigningPermits {
 public:
  // A directory without a ring is no error: then nothing is signed until there is one.  Errors:
  // Errc::Denied, Errc::Invalid and alike, as KeyStore::load.  `entropy` outlives this.
  static Result<std::unique_ptr<DaemonKeys>> open(const std::string& directory,
                                                  ports::Entropy& entropy);

  Result<transaction::SigningPermit> permit(Instant now) override;
  // Null while there is no ring.
  std::shared_ptr<const proof::KeyRing> ring() const;
  // What the last load had to say.
  std::vector<std::string> notes() const;
  // True when the ring was read anew.  Errors: as KeyStore::load; the ring in force stays.
  Result<bool> refresh();

 private:
  DaemonKeys(std::string directory, ports::Entropy& entropy)
      : directory_(std::move(directory)), entropy_(entropy) {}

  std::string directory_;
  ports::Entropy& entropy_;
  std::atomic<std::shared_ptr<os::KeyStorePermits>> permits_;
};

}  // namespace backstop::app
