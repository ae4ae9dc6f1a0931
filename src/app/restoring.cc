#include "app/restoring.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include "app/last_tag.h"
#include "app/restored_keys.h"
#include "core/base/limits.h"
#include "edge/backup/archive_reader.h"
#include "edge/mta/rooted_file.h"
#include "edge/os/file_descriptor.h"
#include "edge/os/file_lock.h"
#include "edge/os/heartbeat.h"
#include "edge/os/key_store.h"
#include "edge/os/text_file.h"
#include "edge/store/ledger_place.h"

namespace backstop::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kPrivate = 0600;
constexpr mode_t kStoreModes = 0660;
constexpr mode_t kConfigModes = 0664;
constexpr mode_t kKeysMode = 0700;
constexpr mode_t kStoreMode = 0750;
// Room that is to be left beside what is restored.
constexpr std::uint64_t kRoomLeft = std::uint64_t{16} * 1024 * 1024;
// It beats each second; a loaded host may be late.
constexpr Seconds kBeatIsFresh{15};
constexpr const char* kUser = "_backstop";
// What is made ready is called after what it replaces, with letters that mkstemp chooses.
constexpr std::string_view kStaged = ".restore-";
constexpr std::string_view kRandom = "XXXXXX";

std::string errno_text() {
  return std::strerror(errno);
}

Result<void> go_on(const RestorePlan& plan) {
  if (plan.stop == nullptr || !plan.stop->load(std::memory_order_relaxed)) return {};
  return fail(Errc::Unavailable, plan.path, "was interrupted; nothing was restored");
}

// While one thing stands in the place of another and the next does not yet, no signal ends us.
class SignalsWait {
 public:
  SignalsWait() {
    sigset_t all;
    sigemptyset(&all);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
      sigaddset(&all, signal);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsWait() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;

 private:
  sigset_t before_{};
};

// Reads everything and writes nothing.
class Verifier final : public backup::BackupSink {
 public:
  explicit Verifier(const RestorePlan& plan) : plan_(plan) {}
  Result<void> on_manifest(const backup::Manifest&) override { return {}; }
  Result<void> on_file(const backup::BackupFile& file) override {
    is_config_ = file.name == backup::kConfigName;
    if (is_config_ && file.bytes > limits::kConfigFileBytes)
      return fail(Errc::Limit, file.name, "is longer than any configuration");
    return {};
  }
  Result<void> on_bytes(std::string_view bytes) override {
    BS_TRY_VOID(go_on(plan_));
    if (is_config_) config_ += bytes;
    return {};
  }
  Result<void> on_file_end(const backup::BackupFile&) override { return {}; }
  const std::string& config() const { return config_; }

 private:
  const RestorePlan& plan_;
  bool is_config_ = false;
  std::string config_;
};

struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
};

// One directory or file that comes into the place of another.
struct Target {
  std::string path;
  std::string folder;  // Of the backup, "keys/"; "" for the file.
  mode_t mode = 0;
  Owner owner;
  std::string staged;  // Where it is made ready.
  std::string aside;   // Where went what stood there; "" when nothing did.
  bool placed = false;
};

Result<void> flush(const std::string& path) {
  const os::FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || fsync(file.get()) != 0)
    return fail(Errc::Unavailable, path, "cannot be flushed: " + errno_text());
  return {};
}

// Writes each file into the staged place of its target.
class Stager final : public backup::BackupSink {
 public:
  Stager(const RestorePlan& plan, std::vector<Target>& targets) : plan_(plan), targets_(targets) {}

  Result<void> on_manifest(const backup::Manifest&) override { return {}; }
  Result<void> on_file(const backup::BackupFile& file) override {
    const Target* const target = find(file.name);
    if (target == nullptr) return {};  // That part is not restored.
    const std::string_view rest = std::string_view(file.name).substr(target->folder.size());
    path_ = target->folder.empty() ? target->staged : target->staged + "/" + std::string(rest);
    const mode_t most = target->folder == backup::kKeysFolder ? kPrivate
                        : target->folder.empty()              ? kConfigModes
                                                              : kStoreModes;
    file_ = os::FileDescriptor(
        open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kPrivate));
    if (!file_) return fail(Errc::Unavailable, path_, "cannot be made: " + errno_text());
    const mode_t mode = file.mode & most;
    if (fchmod(file_.get(), mode) != 0 ||
        (geteuid() == 0 && fchown(file_.get(), target->owner.uid, target->owner.gid) != 0))
      return fail(Errc::Denied, path_, "cannot be given to its owner: " + errno_text());
    return {};
  }
  Result<void> on_bytes(std::string_view bytes) override {
    BS_TRY_VOID(go_on(plan_));
    while (file_ && !bytes.empty()) {
      const ssize_t put = write(file_.get(), bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return fail(Errc::Unavailable, path_, "cannot be written: " + errno_text());
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
  }
  Result<void> on_file_end(const backup::BackupFile&) override {
    if (!file_) return {};
    if (fsync(file_.get()) != 0)
      return fail(Errc::Unavailable, path_, "cannot be flushed: " + errno_text());
    file_ = {};
    return {};
  }

 private:
  const Target* find(const std::string& name) const {
    for (const Target& target : targets_) {
      if (target.folder.empty() ? name == backup::kConfigName : name.starts_with(target.folder))
        return &target;
    }
    return nullptr;
  }

  const RestorePlan& plan_;
  std::vector<Target>& targets_;
  std::string path_;
  os::FileDescriptor file_;
};

class Restoring {
 public:
  explicit Restoring(const RestorePlan& plan) : plan_(plan) {}
  ~Restoring() {
    std::error_code error;
    for (const Target& target : targets_)
      if (!target.staged.empty() && !target.placed) fs::remove_all(target.staged, error);
  }
  Restoring(const Restoring&) = delete;
  Restoring& operator=(const Restoring&) = delete;

  Result<RestoreDone> run() {
    Verifier verifier(plan_);
    BS_TRY(done_.manifest, backup::read_backup(plan_.path, verifier));
    BS_TRY_VOID(choose_targets(verifier.config()));
    BS_TRY_VOID(check_nobody_lives());
    BS_TRY_VOID(check_newer());
    BS_TRY_VOID(check_room());
    BS_TRY_VOID(clear_places());
    for (Target& target : targets_)
      BS_TRY_VOID(prepare(target));
    Stager stager(plan_, targets_);
    // Read again rather than kept: it may be larger than the memory.
    BS_TRY(const backup::Manifest again, backup::read_backup(plan_.path, stager));
    if (!(again == done_.manifest))
      return fail(Errc::Invalid, plan_.path, "changed while it was restored");
    BS_TRY_VOID(look_after_keys());
    BS_TRY_VOID(look_after_tags());
    for (const Target& target : targets_)
      BS_TRY_VOID(flush(target.staged));
    const SignalsWait whole;
    BS_TRY_VOID(go_on(plan_));
    BS_TRY_VOID(place_all());
    BS_TRY_VOID(begin_gap());
    return std::move(done_);
  }

 private:
  const Target* find_target(std::string_view folder) const {
    for (const Target& target : targets_)
      if (target.folder == folder) return &target;
    return nullptr;
  }

  Result<void> choose_targets(const std::string& config_text) {
    std::string config_path = plan_.settings.config_path;
    if (!plan_.to.empty()) {
      keys_ = plan_.to + "/keys";
      store_ = plan_.to + "/store";
      config_path = plan_.to + "/backstop.toml";
    } else {
      // The restored daemon looks where the restored configuration says.
      const auto config = config_text.empty()
                              ? load_config(plan_.settings)
                              : config::parse_config(config_text, std::string(backup::kConfigName));
      if (!config) return tl::unexpected<Error>(config.error());
      keys_ = config->keys_directory;
      store_ = config->store_directory;
    }
    const backup::Manifest& manifest = done_.manifest;
    if (!store_.empty() &&
        ((keys_ + "/").starts_with(store_ + "/") || (store_ + "/").starts_with(keys_ + "/"))) {
      return fail(Errc::Invalid, "keys.directory",
                  "and store.directory lie within each other; restore with --to DIR and move the "
                  "files yourself");
    }
    if (manifest.has_folder(backup::kKeysFolder))
      add_target(keys_, std::string(backup::kKeysFolder), kKeysMode);
    if (manifest.has_folder(backup::kStoreFolder)) {
      if (store_.empty())
        return fail(Errc::Invalid, "store.directory", "is empty, so the store belongs nowhere");
      add_target(store_, std::string(backup::kStoreFolder), kStoreMode);
    }
    if (const auto* const file = manifest.find(backup::kConfigName))
      add_target(config_path, "", file->mode & kConfigModes);
    return {};
  }

  void add_target(const std::string& path, std::string folder, mode_t mode) {
    Target target;
    target.path = path;
    target.folder = std::move(folder);
    target.mode = mode;
    struct stat status{};
    if (stat(path.c_str(), &status) == 0) {
      target.owner = {status.st_uid, status.st_gid};
      target.mode = status.st_mode & 07777U;
    } else if (const auto account = mta::find_user("/", kUser);
               account && geteuid() == 0 && plan_.to.empty() && !target.folder.empty()) {
      target.owner = {account->uid, account->gid};
    } else {
      target.owner = {geteuid(), getegid()};
    }
    targets_.push_back(std::move(target));
  }

  Result<void> check_nobody_lives() {
    if (store_.empty()) return {};
    const std::string message = "a backstopd lives there: stop it first (systemctl stop backstopd)";
    const auto beat = os::read_last_beat(store_);
    if (beat && *beat && (*beat)->pid != 0 && plan_.now <= (*beat)->at + kBeatIsFresh) {
      const auto name = os::read_text_file(fmt::format("/proc/{}/comm", (*beat)->pid), 4096);
      if (name && name->starts_with("backstopd")) return fail(Errc::Denied, store_, message);
    }
    std::error_code error;
    if (!fs::exists(store_ + "/ledger.lock", error)) return {};
    auto lock = store::LedgerLock::take(store_);
    if (!lock && lock.error().code == Errc::Unavailable) return fail(Errc::Denied, store_, message);
    if (!lock) return tl::unexpected<Error>(lock.error());
    lock_.emplace(*std::move(lock));
    return {};
  }

  Result<void> check_newer() const {
    if (plan_.force) return {};
    const std::string hint = "; --force moves it aside and restores the backup (of " +
                             render_instant(done_.manifest.created) + ")";
    if (find_target(backup::kKeysFolder) != nullptr &&
        (fs::exists(keys_ + "/ring") || os::KeyStore(keys_).load()))
      return fail(Errc::Exists, keys_, "holds a ring of keys, which may be newer" + hint);
    if (find_target(backup::kStoreFolder) == nullptr) return {};
    const auto beat = os::read_last_beat(store_);
    if (!beat || (*beat && (*beat)->at > done_.manifest.created))
      return fail(Errc::Exists, store_, "holds something newer than the backup" + hint);
    return {};
  }

  Result<void> check_room() const {
    for (const Target& target : targets_) {
      fs::path parent = fs::path(target.path).parent_path();
      while (!parent.empty() && !fs::exists(parent) && parent != parent.root_path())
        parent = parent.parent_path();
      struct statvfs room{};
      if (statvfs(parent.empty() ? "." : parent.c_str(), &room) != 0) continue;
      const std::uint64_t free = std::uint64_t{room.f_bavail} * room.f_frsize;
      const std::uint64_t wanted = done_.manifest.bytes();
      if (free < kRoomLeft || free - kRoomLeft < wanted) {
        return fail(
            Errc::Unavailable, parent.string(),
            fmt::format("has too little room: {} bytes are wanted, {} are free", wanted, free));
      }
    }
    return {};
  }

  // One restore at a time in each directory where something is made ready; so what lies there half
  // ready was left by one that was ended.
  Result<void> clear_places() {
    std::set<std::string> parents;
    for (const Target& target : targets_) {
      const fs::path parent = fs::path(target.path).parent_path();
      std::error_code error;
      if (!parent.empty()) fs::create_directories(parent, error);
      const std::string place = parent.empty() ? "." : parent.string();
      if (parents.insert(place).second) {
        BS_TRY(os::FileLock lock, os::FileLock::take(place, std::chrono::milliseconds(0)));
        places_.push_back(std::move(lock));
      }
      sweep(place, fs::path(target.path).filename().string() + std::string(kStaged));
    }
    return {};
  }

  static void sweep(const std::string& folder, const std::string& prefix) {
    std::error_code error;
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      struct stat status{};
      if (name.size() == prefix.size() + kRandom.size() && name.starts_with(prefix) &&
          lstat(entry.path().c_str(), &status) == 0 &&
          (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode)))
        found.push_back(entry.path());
    }
    for (const fs::path& path : found)
      fs::remove_all(path, error);
  }

  Result<void> prepare(Target& target) {
    std::string staged = fmt::format("{}{}{}", target.path, kStaged, kRandom);
    if (target.folder.empty()) {
      const os::FileDescriptor file(mkostemp(staged.data(), O_CLOEXEC));
      if (!file)
        return fail(Errc::Denied, target.path, "nothing can be made there: " + errno_text());
      unlink(staged.c_str());  // Made again by whoever fills it.
      target.staged = staged;
      return {};
    }
    if (mkdtemp(staged.data()) == nullptr)
      return fail(Errc::Denied, target.path, "nothing can be made there: " + errno_text());
    target.staged = staged;
    if ((geteuid() == 0 && chown(staged.c_str(), target.owner.uid, target.owner.gid) != 0) ||
        chmod(staged.c_str(), target.mode) != 0)
      return fail(Errc::Denied, staged, "cannot be given to its owner: " + errno_text());
    return {};
  }

  Result<void> look_after_keys() {
    const Target* const keys = find_target(backup::kKeysFolder);
    if (keys == nullptr) return {};
    return extend_restored_keys(keys->staged, plan_.now);
  }

  // Senders may have been given tags until the end: answers to them must find their way for as
  // long.
  Result<void> look_after_tags() {
    const Target* const store = find_target(backup::kStoreFolder);
    if (store == nullptr) return {};
    const std::string path = fmt::format("{}/{}", store->staged, kLastTagFile);
    std::error_code error;
    if (!fs::exists(path, error)) return {};
    const Instant day = std::chrono::floor<Days>(plan_.now);
    return os::write_text_file(path, render_instant(day) + "\n", kStoreModes & 0640U);
  }

  Result<void> place_all() {
    for (Target& target : targets_) {
      auto placed = place(target);
      if (placed) continue;
      put_back();
      return placed;
    }
    for (const Target& target : targets_) {
      done_.restored.push_back(target.path);
      if (!target.aside.empty()) done_.aside.push_back(target.aside);
    }
    return {};
  }

  Result<void> place(Target& target) {
    std::error_code error;
    const bool empty = fs::is_directory(target.path, error) && fs::is_empty(target.path, error);
    if (fs::exists(fs::symlink_status(target.path, error)) && !empty) {
      std::string aside = target.path + ".before-" + render_instant(plan_.now);
      for (int i = 2; fs::exists(fs::symlink_status(aside, error)); ++i)
        aside = fmt::format("{}.before-{}-{}", target.path, render_instant(plan_.now), i);
      if (rename(target.path.c_str(), aside.c_str()) != 0)
        return fail(Errc::Denied, target.path,
                    "cannot be moved aside (is it mounted there?); restore with --to DIR and move "
                    "the files yourself: " +
                        errno_text());
      target.aside = aside;
    }
    if (rename(target.staged.c_str(), target.path.c_str()) != 0)
      return fail(Errc::Denied, target.path, "cannot be put in place: " + errno_text());
    target.placed = true;
    const fs::path parent = fs::path(target.path).parent_path();
    return flush(parent.empty() ? "." : parent.string());
  }

  void put_back() {
    for (auto target = targets_.rbegin(); target != targets_.rend(); ++target) {
      if (target->placed && rename(target->path.c_str(), target->staged.c_str()) == 0)
        target->placed = false;
      if (!target->aside.empty())
        static_cast<void>(rename(target->aside.c_str(), target->path.c_str()));
    }
  }

  // Without a store in the backup, a host that never lived must not look as if nothing had ever
  // been sent: its ledger then counts as lost.
  Result<void> begin_gap() {
    if (find_target(backup::kStoreFolder) != nullptr || store_.empty()) return {};
    const auto beat = os::read_last_beat(store_);
    if (beat && *beat) return {};
    std::error_code error;
    fs::create_directories(store_, error);
    const os::Beat made{.at = done_.manifest.created, .pid = 0, .started = done_.manifest.created};
    const std::string path = fmt::format("{}/{}", store_, os::kHeartbeatFile);
    BS_TRY_VOID(os::write_text_file(path, os::render_beat(made), 0644));
    struct stat status{};
    if (geteuid() == 0 && stat(store_.c_str(), &status) == 0 &&
        chown(path.c_str(), status.st_uid, status.st_gid) != 0)
      return fail(Errc::Denied, path, "cannot be given to its owner: " + errno_text());
    return {};
  }

  const RestorePlan& plan_;
  std::string keys_;
  std::string store_;
  std::vector<Target> targets_;
  std::optional<store::LedgerLock> lock_;
  std::vector<os::FileLock> places_;
  RestoreDone done_;
};

}  // namespace

Result<RestoreDone> restore_backup(const RestorePlan& plan) {
  return Restoring(plan).run();
}

}  // namespace backstop::app
