#include "core/proof/key_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace backstop::proof {
namespace {

using Keys = std::vector<std::shared_ptr<const Key>>;

bool has_secret(const crypto::Secret& a, const crypto::Secret& b) {
  return crypto::constant_time_equal(a.bytes(), b.bytes());
}

std::shared_ptr<const Key> with_info(const Key& key, const KeyInfo& info) {
  return std::make_shared<const Key>(info, key.secret().clone());
}

KeyRing with_keys(const KeyRing& ring, Keys keys) {
  return KeyRing(ring.ring_secret().clone(), std::move(keys), ring.deleted());
}

// The ring with one key's info changed by `change`.
template <class Change>
KeyRing with_changed(const KeyRing& ring, KeyId id, Change change) {
  Keys keys = ring.keys();
  for (auto& key : keys) {
    if (key->info().id != id) continue;
    KeyInfo info = key->info();
    change(info);
    key = with_info(*key, info);
  }
  return with_keys(ring, std::move(keys));
}

Result<const Key*> require_key(const KeyRing& ring, KeyId id) {
  const Key* const key = ring.find(id);
  if (key == nullptr)
    return fail(Errc::NotFound, "",
                fmt::format("There is no key {}; backstop keys list shows those that are.", id));
  return key;
}

}  // namespace

Result<KeyId> next_key_id(const KeyRing& ring) {
  KeyId highest = ring.keys().empty() ? KeyId{0} : ring.keys().back()->info().id;
  if (!ring.deleted().empty()) highest = std::max(highest, ring.deleted().back());
  if (highest < limits::kKeysPerRing) return static_cast<KeyId>(highest + 1);
  for (unsigned id = 1; id <= limits::kKeysPerRing; ++id) {
    const auto candidate = static_cast<KeyId>(id);
    if (ring.find(candidate) == nullptr && !ring.is_deleted(candidate)) return candidate;
  }
  return fail(Errc::Limit, "", "All 4095 key ids of this ring were used.");
}

Result<KeyRing> add_key(const KeyRing& ring, crypto::Secret secret, Instant now) {
  BS_TRY(const KeyId id, next_key_id(ring));
  Keys keys = ring.keys();
  keys.push_back(std::make_shared<const Key>(KeyInfo{id, KeyState::Waiting, now, std::nullopt},
                                             std::move(secret)));
  return with_keys(ring, std::move(keys));
}

Result<KeyRing> rotate_to(const KeyRing& ring, KeyId id) {
  BS_TRY(const Key* const chosen, require_key(ring, id));
  if (chosen->info().state == KeyState::Emitting)
    return fail(Errc::Exists, "", fmt::format("Key {} emits already.", id));
  if (chosen->info().state == KeyState::Retired)
    return fail(Errc::Denied, "", fmt::format("Key {} is retired and never signs again.", id));
  Keys keys = ring.keys();
  for (auto& key : keys) {
    KeyInfo info = key->info();
    if (info.state == KeyState::Emitting)
      info.state = KeyState::Waiting;
    else if (info.id == id)
      info.state = KeyState::Emitting;
    else
      continue;
    key = with_info(*key, info);
  }
  return with_keys(ring, std::move(keys));
}

Result<KeyRing> retire_key(const KeyRing& ring, KeyId id) {
  BS_TRY(const Key* const key, require_key(ring, id));
  if (key->info().state == KeyState::Retired)
    return fail(Errc::Exists, "", fmt::format("Key {} is retired already.", id));
  if (key->info().state == KeyState::Emitting)
    return fail(Errc::Denied, "",
                fmt::format("Key {} emits; give its place to another with backstop keys rotate "
                            "first.",
                            id));
  return with_changed(ring, id, [](KeyInfo& info) { info.state = KeyState::Retired; });
}

Result<void> check_deletion(const KeyRing& ring, KeyId id, Instant now, Seconds lifetime) {
  BS_TRY(const Key* const key, require_key(ring, id));
  if (key->info().state != KeyState::Retired)
    return fail(Errc::Denied, "",
                fmt::format("Key {} is not retired; retire it first with backstop keys retire {}.",
                            id, id));
  const auto kept_until = key->info().kept_until(lifetime);
  if (kept_until && now <= *kept_until)
    return fail(Errc::Denied, "",
                fmt::format("Key {} is needed until {}: mail signed with it may still come back, "
                            "and would not be known as ours.",
                            id, render_instant(*kept_until)));
  return {};
}

Result<KeyRing> delete_key(const KeyRing& ring, KeyId id, Instant now, Seconds lifetime) {
  BS_TRY_VOID(check_deletion(ring, id, now, lifetime));
  Keys keys = ring.keys();
  std::erase_if(keys, [id](const auto& key) { return key->info().id == id; });
  std::vector<KeyId> deleted = ring.deleted();
  deleted.push_back(id);
  return KeyRing(ring.ring_secret().clone(), std::move(keys), std::move(deleted));
}

KeyRing extend_emission(const KeyRing& ring, KeyId id, Instant until) {
  BS_ASSERT(ring.find(id) != nullptr);
  return with_changed(ring, id, [until](KeyInfo& info) {
    info.emits_until = std::max(info.emits_until.value_or(until), until);
  });
}

Result<KeyRing> merge_rings(const KeyRing& ours, const KeyRing& theirs) {
  if (!has_secret(ours.ring_secret(), theirs.ring_secret()))
    return fail(Errc::Denied, "",
                "The keys are of another ring than the one here; import them into an empty "
                "directory.");
  Keys keys = ours.keys();
  for (const auto& their : theirs.keys()) {
    KeyInfo info = their->info();
    if (ours.is_deleted(info.id)) continue;
    if (info.state == KeyState::Emitting) info.state = KeyState::Waiting;
    const auto place =
        std::ranges::find(keys, info.id, [](const auto& key) { return key->info().id; });
    if (place == keys.end()) {
      keys.push_back(with_info(*their, info));
      continue;
    }
    if (!has_secret((*place)->secret(), their->secret()))
      return fail(Errc::Denied, "",
                  fmt::format("Key {} has another secret here: two hosts made a key of that id. "
                              "Nothing was imported.",
                              info.id));
    KeyInfo merged = (*place)->info();
    if (info.state == KeyState::Retired) {
      if (merged.state == KeyState::Emitting)
        return fail(
            Errc::Denied, "",
            fmt::format("Key {} is retired there and emits here; rotate here first. Nothing "
                        "was imported.",
                        info.id));
      merged.state = KeyState::Retired;
    }
    if (info.emits_until)
      merged.emits_until =
          std::max(merged.emits_until.value_or(*info.emits_until), *info.emits_until);
    *place = with_info(**place, merged);
  }
  std::vector<KeyId> deleted = ours.deleted();
  for (const KeyId id : theirs.deleted())
    if (ours.find(id) == nullptr && !ours.is_deleted(id)) deleted.push_back(id);
  return KeyRing(ours.ring_secret().clone(), std::move(keys), std::move(deleted));
}

}  // namespace backstop::proof
