#include "app/daemon_keys.h"

namespace backstop::app {

Result<std::unique_ptr<DaemonKeys>> DaemonKeys::open(const std::string& directory,
                                                     ports::Entropy& entropy) {
  std::unique_ptr<DaemonKeys> keys(new DaemonKeys(directory, entropy));
  BS_TRY([[maybe_unused]] const bool found, keys->refresh());
  return keys;
}

Result<transaction::SigningPermit> DaemonKeys::permit(Instant now) {
  const auto permits = permits_.load();
  if (permits == nullptr) return fail(Errc::NotFound, directory_, "holds no key ring");
  return permits->permit(now);
}

std::shared_ptr<const proof::KeyRing> DaemonKeys::ring() const {
  const auto permits = permits_.load();
  return permits == nullptr ? nullptr : permits->ring();
}

std::vector<std::string> DaemonKeys::notes() const {
  const auto permits = permits_.load();
  return permits == nullptr ? std::vector<std::string>() : permits->notes();
}

Result<bool> DaemonKeys::refresh() {
  if (const auto permits = permits_.load()) {
    BS_TRY(const bool changed, permits->changed());
    if (!changed) return false;
    BS_TRY_VOID(permits->reload());
    return true;
  }
  auto opened = os::KeyStorePermits::open(os::KeyStore(directory_), entropy_);
  if (!opened && opened.error().code == Errc::NotFound) return false;
  if (!opened) return tl::unexpected<Error>(std::move(opened).error());
  permits_.store(std::shared_ptr<os::KeyStorePermits>(*std::move(opened)));
  return true;
}

}  // namespace backstop::app
