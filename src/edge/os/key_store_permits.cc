#include "edge/os/key_store_permits.h"

#include <fmt/format.h>

#include <utility>

#include "core/proof/key_change.h"

namespace backstop::os {
namespace {

tl::unexpected<Error> no_emitting_key(const std::string& path) {
  return fail(Errc::NotFound, path, "No key emits; choose one with backstop keys rotate.");
}

}  // namespace

Result<std::unique_ptr<KeyStorePermits>> KeyStorePermits::open(KeyStore store,
                                                               ports::Entropy& entropy) {
  BS_TRY(LoadedRing loaded, store.load());
  return std::unique_ptr<KeyStorePermits>(
      new KeyStorePermits(std::move(store), entropy, std::move(loaded)));
}

KeyStorePermits::KeyStorePermits(KeyStore store, ports::Entropy& entropy, LoadedRing loaded)
    : store_(std::move(store)), entropy_(entropy), state_(make_state(std::move(loaded))) {}

std::shared_ptr<const KeyStorePermits::State> KeyStorePermits::make_state(LoadedRing loaded) {
  auto state = std::make_shared<State>();
  state->loaded = std::move(loaded);
  if (const proof::Key* const key = state->loaded.ring->emitting()) {
    state->emitting = key->info().id;
    // A key that never signed may not sign before that is recorded.
    state->emits_until = key->info().emits_until.value_or(Instant::min());
  }
  return state;
}

std::shared_ptr<const KeyStorePermits::State> KeyStorePermits::state() const {
  const std::scoped_lock lock(state_mutex_);
  return state_;
}

void KeyStorePermits::set_state(std::shared_ptr<const State> state) {
  const std::scoped_lock lock(state_mutex_);
  state_ = std::move(state);
}

transaction::SigningPermit KeyStorePermits::make_permit(const State& state) {
  transaction::SigningPermit permit{state.loaded.ring, *state.emitting, {}};
  entropy_.fill(permit.nonce);
  return permit;
}

Result<transaction::SigningPermit> KeyStorePermits::permit(Instant now) {
  std::shared_ptr<const State> in_force = state();
  if (!in_force->emitting) return no_emitting_key(store_.path());
  if (now <= in_force->emits_until) return make_permit(*in_force);

  const std::scoped_lock lock(files_mutex_);
  in_force = state();  // Another thread may have been quicker.
  if (in_force->emitting && now > in_force->emits_until) {
    // The clock may have been set back meanwhile: that is no reason to wait longer.
    if (failed_at_ && now >= *failed_at_ && now < *failed_at_ + kEmissionRetry)
      return tl::unexpected<Error>(failure_);
    auto extended = extend(now);
    if (!extended) {
      failed_at_ = now;
      failure_ = Error{Errc::Unavailable, extended.error().where,
                       fmt::format("The last emission cannot be recorded, so nothing is signed. {}",
                                   extended.error().detail)};
      return tl::unexpected<Error>(failure_);
    }
    failed_at_.reset();
    in_force = *std::move(extended);
    set_state(in_force);
  }
  if (!in_force->emitting) return no_emitting_key(store_.path());
  return make_permit(*in_force);
}

Result<std::shared_ptr<const KeyStorePermits::State>> KeyStorePermits::extend(Instant now) {
  BS_TRY(const KeyStore::Lock lock, store_.lock());
  // A command may have rotated since: what stands on the disk decides who emits.
  BS_TRY(LoadedRing loaded, store_.load());
  const proof::Key* const key = loaded.ring->emitting();
  if (key == nullptr) return make_state(std::move(loaded));
  const auto after = std::make_shared<const proof::KeyRing>(
      proof::extend_emission(*loaded.ring, key->info().id, now + kEmissionStep));
  BS_TRY_VOID(store_.save(lock, loaded.ring.get(), *after));
  loaded.ring = after;
  BS_TRY(loaded.version, store_.version());
  return make_state(std::move(loaded));
}

std::shared_ptr<const proof::KeyRing> KeyStorePermits::ring() const {
  return state()->loaded.ring;
}

std::vector<std::string> KeyStorePermits::notes() const {
  return state()->loaded.notes;
}

Result<bool> KeyStorePermits::changed() const {
  BS_TRY(const std::string version, store_.version());
  return version != state()->loaded.version;
}

Result<void> KeyStorePermits::reload() {
  const std::scoped_lock lock(files_mutex_);
  BS_TRY(LoadedRing loaded, store_.load());
  set_state(make_state(std::move(loaded)));
  failed_at_.reset();
  return {};
}

}  // namespace backstop::os
