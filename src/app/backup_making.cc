#include "app/backup_making.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>

#include "app/store_files.h"
#include "core/base/backup_limits.h"
#include "core/base/limits.h"
#include "core/crypto/sha256_stream.h"
#include "edge/backup/archive_writer.h"
#include "edge/os/file_lock.h"
#include "edge/os/heartbeat.h"
#include "edge/os/key_store.h"
#include "edge/os/private_directory.h"
#include "edge/os/replaced_file.h"
#include "edge/os/service.h"
#include "edge/os/text_file.h"
#include "edge/store/sqlite.h"

namespace backstop::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kPrivate = 0600;
constexpr std::string_view kKeyLock = "lock";
constexpr std::size_t kBlockBytes = std::size_t{256} * 1024;
// A file of the store that is replaced whole; the largest is some megabytes.
constexpr std::size_t kTextBytes = std::size_t{256} * 1024 * 1024;

std::string errno_text() {
  return std::strerror(errno);
}

// The directory of `path`; others may not change what stands in it, or they could put their own
// file in the place of ours while it grows.
Result<std::string> find_safe_directory(const std::string& path) {
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  struct stat status{};
  if (stat(folder.c_str(), &status) != 0)
    return fail(Errc::NotFound, folder.string(), "there is no such directory");
  const bool is_ours = status.st_uid == geteuid() || status.st_uid == 0;
  if (!is_ours || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(Errc::Denied, folder.string(),
                "others may write there, and a backup holds keys; make a directory of your own "
                "(install -d -m 700 DIR) and write it there");
  }
  return folder.string();
}

// A directory that is removed with all that is in it, and locked as long as we live: what a crash
// left behind is one that nobody holds.
class Workshop {
 public:
  // `name`: of the file that is made beside it.
  static Result<Workshop> open(const std::string& beside, const std::string& name) {
    sweep(beside);
    std::string path = fmt::format("{}/{}XXXXXX", beside, kPrefix);
    if (mkdtemp(path.data()) == nullptr)
      return fail(Errc::Unavailable, beside, "no directory can be made there: " + errno_text());
    Workshop out(std::move(path));
    BS_TRY(out.lock_, os::FileLock::take(out.path_, std::chrono::milliseconds(0)));
    BS_TRY_VOID(os::write_text_file(out.path_ + "/" + kUnfinished, name + ".tmp", kPrivate));
    return out;
  }
  ~Workshop() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  Workshop(Workshop&& other) noexcept
      : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
  Workshop& operator=(Workshop&&) = delete;
  const std::string& path() const { return path_; }

 private:
  static constexpr std::string_view kPrefix = ".backstop-backup-";
  // In it, the name of the unfinished file beside it.
  static constexpr const char* kUnfinished = "unfinished";

  explicit Workshop(std::string path) : path_(std::move(path)) {}

  // What is left of one whose maker is gone; nothing else, whatever it is called.
  static void sweep(const std::string& folder) {
    std::error_code error;
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      struct stat status{};
      if (name.size() == kPrefix.size() + 6 && name.starts_with(kPrefix) &&
          lstat(entry.path().c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
          status.st_uid == geteuid())
        found.push_back(entry.path().string());
    }
    for (const std::string& path : found) {
      const auto lock = os::FileLock::take(path, std::chrono::milliseconds(0));
      if (!lock) continue;
      const auto name = os::read_text_file(fmt::format("{}/{}", path, kUnfinished), NAME_MAX);
      if (name && name->ends_with(".tmp") && name->find('/') == name->npos)
        fs::remove(folder + "/" + *name, error);
      fs::remove_all(path, error);
    }
  }

  std::string path_;
  std::optional<os::FileLock> lock_;
};

// Every byte of a file, in blocks.
template <class Take>
Result<void> read_blocks(const std::string& path, const Take& take) {
  const os::FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return fail(Errc::Unavailable, path, "cannot be read: " + errno_text());
  std::vector<char> block(kBlockBytes);
  for (;;) {
    const ssize_t got = read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Errc::Unavailable, path, "cannot be read: " + errno_text());
    if (got == 0) return {};
    BS_TRY_VOID(take(std::string_view(block.data(), static_cast<std::size_t>(got))));
  }
}

// Names it gives to copies in the workshop have no folder: "keys/ring" is "keys-ring".
class Maker {
 public:
  Maker(const BackupPlan& plan, Workshop workshop) : plan_(plan), workshop_(std::move(workshop)) {}

  Result<BackupMade> make() {
    backup::Manifest& manifest = made_.manifest;
    manifest.created = plan_.now;
    manifest.host = os::host_name();
    manifest.version = BACKSTOP_VERSION;
    if (!plan_.keys_directory.empty()) BS_TRY_VOID(copy_keys());
    if (!plan_.store_directory.empty()) BS_TRY_VOID(copy_store());
    if (!plan_.config_path.empty()) BS_TRY_VOID(copy_config());
    if (manifest.files.size() > limits::kBackupFiles)
      return fail(Errc::Limit, plan_.keys_directory, "holds more files than a backup may");
    BS_TRY_VOID(write());
    return std::move(made_);
  }

 private:
  void tell(const std::string& name) const {
    if (plan_.on_file) plan_.on_file(name);
  }

  Result<void> go_on() const {
    if (plan_.stop == nullptr || !plan_.stop->load(std::memory_order_relaxed)) return {};
    return fail(Errc::Unavailable, plan_.path, "was interrupted; there is no new backup");
  }

  std::string copy_of(std::string_view name) const {
    std::string flat(name);
    std::ranges::replace(flat, '/', '-');
    return workshop_.path() + "/" + flat;
  }

  // What lies in the workshop under that name becomes a file of the backup.
  Result<void> take(const std::string& name, std::uint32_t mode) {
    if (!backup::is_backup_name(name))
      return fail(Errc::Invalid, name, "is a name that no file of ours has");
    backup::BackupFile file{.name = name, .mode = mode};
    crypto::Sha256 hash;
    const auto hashed = read_blocks(copy_of(name), [&](std::string_view bytes) -> Result<void> {
      BS_TRY_VOID(go_on());
      hash.add(bytes);
      file.bytes += bytes.size();
      return {};
    });
    BS_TRY_VOID(hashed);
    file.digest = hash.digest();
    made_.manifest.files.push_back(std::move(file));
    return {};
  }

  Result<void> take_text(const std::string& name, std::string_view text, std::uint32_t mode) {
    BS_TRY_VOID(os::write_text_file(copy_of(name), text, kPrivate));
    return take(name, mode);
  }

  // No change of the ring comes between its files.
  Result<void> copy_keys() {
    const os::KeyStore store(plan_.keys_directory);
    BS_TRY(const os::KeyStore::Lock lock, store.lock());
    BS_TRY([[maybe_unused]] const os::LoadedRing sound, store.load());
    BS_TRY(const auto directory, os::PrivateDirectory::open(plan_.keys_directory));
    BS_TRY(const auto names, directory.list(limits::kKeyDirectoryEntries));
    for (const std::string& name : names) {
      if (name == kKeyLock || name.ends_with(".tmp")) continue;
      const std::string whole = std::string(backup::kKeysFolder) + name;
      if (!backup::is_backup_name(whole)) continue;  // None of a ring.
      tell(name);
      BS_TRY(const crypto::Secret content,
             directory.read(name, std::max(limits::kRingFileBytes, limits::kKeyFileBytes)));
      const auto bytes = content.bytes();
      BS_TRY_VOID(
          take_text(whole, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, kPrivate));
    }
    return {};
  }

  Result<void> copy_store() {
    std::error_code error;
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(plan_.store_directory, error))
      if (entry.is_regular_file()) names.push_back(entry.path().filename().string());
    if (error) return fail(Errc::NotFound, plan_.store_directory, error.message());
    std::ranges::sort(names);
    for (const std::string& name : names)
      BS_TRY_VOID(copy_store_file(name));
    return {};
  }

  Result<void> copy_store_file(const std::string& name) {
    const std::string path = plan_.store_directory + "/" + name;
    const std::string whole = std::string(backup::kStoreFolder) + name;
    struct stat status{};
    const std::uint32_t mode = stat(path.c_str(), &status) == 0 ? status.st_mode & 0660U : kPrivate;
    switch (kind_of_store_file(name)) {
      case StoreFile::Database: {
        tell(name);
        BS_TRY(store::Database database, store::Database::open(path, store::Access::Read));
        BS_TRY_VOID(database.copy_to(copy_of(whole)));
        return take(whole, mode);
      }
      case StoreFile::Text: {
        tell(name);
        const auto text = os::read_text_file(path, kTextBytes);
        if (!text && text.error().code == Errc::NotFound) return {};  // Gone meanwhile.
        if (!text) return tl::unexpected<Error>(text.error());
        return take_text(whole, *text, mode);
      }
      case StoreFile::Heartbeat: {
        // Whatever was sent after this moment is not in the backup: a restored daemon takes all
        // time from here to its first beat for a pause.
        BS_TRY(const auto last, os::read_last_beat(plan_.store_directory));
        const Instant at = last ? std::min(last->at, plan_.now) : plan_.now;
        return take_text(whole, os::render_beat({.at = at, .pid = 0, .started = at}), mode);
      }
      case StoreFile::Passing:
        return {};
      case StoreFile::Damaged:
        made_.left_out.push_back(name);
        return {};
      case StoreFile::Unknown:
        break;
    }
    made_.unknown.push_back(name);
    return {};
  }

  Result<void> copy_config() {
    tell(plan_.config_path);
    BS_TRY(const std::string text, os::read_text_file(plan_.config_path, limits::kConfigFileBytes));
    struct stat status{};
    const bool there = stat(plan_.config_path.c_str(), &status) == 0;
    return take_text(std::string(backup::kConfigName), text,
                     there ? status.st_mode & 0664U : kPrivate);
  }

  Result<void> write() {
    BS_TRY(os::ReplacedFile file, os::ReplacedFile::create(plan_.path, kPrivate));
    BS_TRY_VOID(file.open_to(kPrivate));  // An old one may have been open to others.
    BS_TRY(auto archive, backup::ArchiveWriter::begin(
                             [&file](std::string_view bytes) { return file.write(bytes); }));
    const std::string manifest = backup::render_manifest(made_.manifest);
    BS_TRY_VOID(archive.add(backup::kManifestName, manifest.size(), kPrivate, plan_.now));
    BS_TRY_VOID(archive.write(manifest));
    for (const backup::BackupFile& one : made_.manifest.files) {
      BS_TRY_VOID(archive.add(one.name, one.bytes, one.mode, plan_.now));
      const auto written =
          read_blocks(copy_of(one.name), [&](std::string_view bytes) -> Result<void> {
            BS_TRY_VOID(go_on());
            return archive.write(bytes);
          });
      BS_TRY_VOID(written);
    }
    BS_TRY_VOID(archive.finish());
    BS_TRY_VOID(go_on());
    return file.commit();
  }

  const BackupPlan& plan_;
  Workshop workshop_;
  BackupMade made_;
};

}  // namespace

Result<BackupMade> make_backup(const BackupPlan& plan) {
  BS_TRY(const std::string folder, find_safe_directory(plan.path));
  BS_TRY(Workshop workshop, Workshop::open(folder, fs::path(plan.path).filename().string()));
  return Maker(plan, std::move(workshop)).make();
}

}  // namespace backstop::app
