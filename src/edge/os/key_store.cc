#include "edge/os/key_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/escape.h"
#include "core/base/limits.h"
#include "core/proof/key_file.h"

namespace backstop::os {
namespace {

constexpr const char* kRingFile = "ring";
constexpr const char* kLockFile = "lock";
constexpr std::string_view kKeyPrefix = "key-";

std::string key_file_of(proof::KeyId id) {
  return fmt::format("key-{:04}", id);
}

std::optional<proof::KeyId> parse_key_file_name(std::string_view name) {
  if (name.size() != 8 || !name.starts_with(kKeyPrefix)) return std::nullopt;
  unsigned id = 0;
  for (const char c : name.substr(kKeyPrefix.size())) {
    if (!ascii::is_digit(c)) return std::nullopt;
    id = id * 10 + static_cast<unsigned>(c - '0');
  }
  if (id < 1 || id > limits::kKeysPerRing) return std::nullopt;
  return static_cast<proof::KeyId>(id);
}

// The files of a directory by their meaning.
struct Contents {
  bool has_ring = false;
  std::vector<proof::KeyId> keys;
  std::vector<std::string> temporary;
  std::vector<std::string> unknown;
};

constexpr const char* kMakeFirst =
    "There are no keys; make the first with: backstop keys add --new-ring";

// The directory; without one, what to do.
Result<PrivateDirectory> open_directory(const std::string& path) {
  auto directory = PrivateDirectory::open(path);
  if (!directory && directory.error().code == Errc::NotFound) directory.error().detail = kMakeFirst;
  return directory;
}

Result<Contents> contents_of(const PrivateDirectory& directory) {
  BS_TRY(const std::vector<std::string> names, directory.list(limits::kKeyDirectoryEntries));
  Contents contents;
  for (const std::string& name : names) {
    if (name == kRingFile)
      contents.has_ring = true;
    else if (const auto id = parse_key_file_name(name))
      contents.keys.push_back(*id);
    else if (name.ends_with(".tmp"))
      contents.temporary.push_back(name);
    else if (name != kLockFile)
      contents.unknown.push_back(name);
  }
  return contents;
}

std::string version_of(const PrivateDirectory& directory, const Contents& contents) {
  std::string version = directory.version_of(kRingFile).value_or("none");
  for (const proof::KeyId id : contents.keys)
    version += fmt::format(" {}={}", id, directory.version_of(key_file_of(id)).value_or("gone"));
  return version;
}

std::string_view text_of(const crypto::Secret& content) {
  // SAFETY: char and uint8_t have the same size and alignment; the view is used while it lives.
  return {reinterpret_cast<const char*>(content.bytes().data()), content.bytes().size()};
}

Result<proof::KeyRecord> read_key(const PrivateDirectory& directory, proof::KeyId id) {
  const std::string name = key_file_of(id);
  BS_TRY(const crypto::Secret content, directory.read(name, limits::kKeyFileBytes));
  BS_TRY(proof::KeyRecord record, proof::parse_key_file(text_of(content), directory.path_of(name)));
  if (record.info.id != id)
    return fail(Errc::Invalid, directory.path_of(name),
                fmt::format("It holds key {}; rename it to {}.", record.info.id,
                            key_file_of(record.info.id)));
  return record;
}

Result<void> check_ring_is_there(const PrivateDirectory& directory, const Contents& contents) {
  if (contents.has_ring) return {};
  if (contents.keys.empty()) return fail(Errc::NotFound, directory.path(), kMakeFirst);
  return fail(Errc::Invalid, directory.path_of(kRingFile),
              "There are keys but no ring file; without it no token can be told. Restore it from a "
              "copy, or import an export into an empty directory.");
}

bool is_same_file(const proof::KeyRing* before, const proof::Key& key) {
  const proof::Key* const former = before == nullptr ? nullptr : before->find(key.info().id);
  if (former == nullptr) return false;
  return crypto::constant_time_equal(proof::render_key_file(*former).bytes(),
                                     proof::render_key_file(key).bytes());
}

}  // namespace

Result<LoadedRing> KeyStore::load() const {
  BS_TRY(const PrivateDirectory directory, open_directory(path_));
  BS_TRY(const Contents contents, contents_of(directory));
  BS_TRY_VOID(check_ring_is_there(directory, contents));
  LoadedRing loaded;
  loaded.version = version_of(directory, contents);
  for (const std::string& name : contents.unknown)
    loaded.notes.push_back(fmt::format("{} is no file of a key ring and is ignored.",
                                       escape_terminal(directory.path_of(name))));
  // The ring file changes last: keys that are listed after it was read are at least as new.
  BS_TRY(const crypto::Secret content, directory.read(kRingFile, limits::kRingFileBytes));
  proof::RingRecords records;
  BS_TRY(records.ring, proof::parse_ring_file(text_of(content), directory.path_of(kRingFile)));
  BS_TRY(const Contents keys_then, contents_of(directory));
  for (const proof::KeyId id : keys_then.keys) {
    BS_TRY(proof::KeyRecord record, read_key(directory, id));
    records.keys.push_back(std::move(record));
  }
  BS_TRY(proof::AssembledRing assembled, proof::assemble_ring(std::move(records)));
  loaded.ring = std::make_shared<const proof::KeyRing>(std::move(assembled.ring));
  std::ranges::move(assembled.notes, std::back_inserter(loaded.notes));
  return loaded;
}

Result<std::string> KeyStore::version() const {
  BS_TRY(const PrivateDirectory directory, open_directory(path_));
  BS_TRY(const Contents contents, contents_of(directory));
  return version_of(directory, contents);
}

Result<KeyStore::Lock> KeyStore::lock() const {
  BS_TRY(PrivateDirectory directory, open_directory(path_));
  BS_TRY(FileDescriptor held, directory.lock(kLockFile, limits::kKeyLockWait));
  return Lock(std::move(directory), std::move(held));
}

Result<KeyStore::Lock> KeyStore::lock_new() const {
  BS_TRY_VOID(PrivateDirectory::make(path_));
  return lock();
}

Result<void> KeyStore::save(const Lock& lock, const proof::KeyRing* before,
                            const proof::KeyRing& after) const {
  const PrivateDirectory& directory = lock.directory_;
  BS_TRY(const Contents contents, contents_of(directory));
  if (before == nullptr && (contents.has_ring || !contents.keys.empty()))
    return fail(Errc::Exists, path_, "There is a ring already; it is not overwritten.");
  for (const std::string& name : contents.temporary)
    BS_TRY_VOID(directory.remove(name));
  for (const auto& key : after.keys())
    if (!is_same_file(before, *key))
      BS_TRY_VOID(
          directory.write(key_file_of(key->info().id), proof::render_key_file(*key).bytes()));
  const crypto::Secret ring_file = proof::render_ring_file(after);
  if (before == nullptr ||
      !crypto::constant_time_equal(proof::render_ring_file(*before).bytes(), ring_file.bytes()))
    BS_TRY_VOID(directory.write(kRingFile, ring_file.bytes()));
  for (const proof::KeyId id : contents.keys)
    if (after.is_deleted(id)) BS_TRY_VOID(directory.remove(key_file_of(id)));
  return {};
}

}  // namespace backstop::os
