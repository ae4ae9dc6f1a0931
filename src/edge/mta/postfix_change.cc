#include "edge/mta/postfix_change.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "edge/mta/milter_list.h"
#include "edge/mta/rooted_file.h"

namespace backstop::mta {
namespace {

// The socket gets the directory's group, so that Postfix may connect.
constexpr mode_t kSocketDirectoryMode = 02750;

// A terminal that closes, or Ctrl-C, must not leave half of it.
class SignalsWait {
 public:
  SignalsWait() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      struct sigaction ignore{};
      ignore.sa_handler = SIG_IGN;
      sigaction(kSignals[i], &ignore, &old_[i]);
    }
  }
  ~SignalsWait() {
    for (std::size_t i = 0; i < kSignals.size(); ++i)
      sigaction(kSignals[i], &old_[i], nullptr);
  }
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;

 private:
  static constexpr std::array<int, 4> kSignals = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
  std::array<struct sigaction, kSignals.size()> old_{};
};

std::string record_path(const Postfix& postfix) {
  return postfix.config_directory() + "/backstop-setup";
}

Result<PostfixText> read_pair(const Postfix& postfix, const std::string& directory) {
  PostfixText out;
  BS_TRY(out.main, read_rooted(postfix.root(), directory + "/main.cf"));
  BS_TRY(out.master, read_rooted(postfix.root(), directory + "/master.cf"));
  return out;
}

Result<void> write_pair(const Postfix& postfix, const std::string& directory,
                        const PostfixText& text) {
  BS_TRY_VOID(make_directory(postfix.root(), directory, 0700));
  BS_TRY_VOID(replace_rooted(postfix.root(), directory + "/main.cf", text.main, 0600));
  return replace_rooted(postfix.root(), directory + "/master.cf", text.master, 0600);
}

void remove_pair(const Postfix& postfix, const std::string& directory) {
  for (const char* const name : {"/main.cf", "/master.cf"})
    static_cast<void>(remove_rooted(postfix.root(), directory + name));
  if (const auto real = resolve(postfix.root(), directory)) rmdir(real->c_str());
}

Result<void> write_record(const Postfix& postfix, const std::optional<Record>& record) {
  const std::string path = record_path(postfix);
  if (!record) {
    remove_pair(postfix, path + "/before");
    remove_pair(postfix, path + "/after");
    if (const auto real = resolve(postfix.root(), path)) rmdir(real->c_str());
    return {};
  }
  BS_TRY_VOID(make_directory(postfix.root(), path, 0700));
  BS_TRY_VOID(write_pair(postfix, path + "/before", record->before));
  return write_pair(postfix, path + "/after", record->after);
}

// "20261121T063000Z", with a number behind it when that is taken.
Result<std::string> write_backup(const Postfix& postfix, Instant now) {
  BS_TRY(const PostfixText text, postfix.read());
  const std::string base = postfix.config_directory() + "/backstop-backup";
  BS_TRY_VOID(make_directory(postfix.root(), base, 0700));
  std::string stamp = render_instant(now);
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  constexpr int kTries = 100;
  for (int i = 1; i <= kTries; ++i) {
    std::string path = fmt::format("{}/{}{}", base, stamp, i == 1 ? "" : fmt::format("-{}", i));
    BS_TRY(const std::string real, resolve(postfix.root(), path));
    if (access(real.c_str(), F_OK) == 0) continue;
    BS_TRY_VOID(write_pair(postfix, path, text));
    return path;
  }
  return fail(Errc::Exists, base, "holds a hundred backups of this second");
}

Result<void> put(const Postfix& postfix, const std::string& path,
                 const std::optional<std::string>& content) {
  if (!content) return remove_rooted(postfix.root(), path);
  return replace_rooted(postfix.root(), path, *content);
}

// Back to what was there, the last first; goes on over errors and returns the first.
Result<void> put_back(const Postfix& postfix, const Plan& plan, std::size_t count) {
  Result<void> result;
  for (std::size_t i = count; i-- > 0;) {
    auto done = put(postfix, plan.files[i].path, plan.files[i].before);
    if (!done && result) result = std::move(done);
  }
  return result;
}

// What was read for the plan must be what stands there still.
Result<void> check_unchanged(const Postfix& postfix, const Plan& plan) {
  for (const FileChange& file : plan.files) {
    if (!file.before) continue;
    BS_TRY(const std::string now, read_rooted(postfix.root(), file.path));
    if (now != *file.before)
      return fail(Errc::Unavailable, file.path,
                  "was changed by someone else just now; run it again");
  }
  return {};
}

Result<void> write_files(const Postfix& postfix, const Plan& plan) {
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    auto done = put(postfix, plan.files[i].path, plan.files[i].after);
    if (done) continue;
    Error error = done.error();
    const auto back = put_back(postfix, plan, i);
    error.detail +=
        back ? "; every file is as it was"
             : fmt::format("; and {}: copy it from the backup by hand", back.error().text());
    return tl::unexpected<Error>(std::move(error));
  }
  return {};
}

struct DirectoryState {
  std::string real;
  Account owner;
  gid_t group = 0;
};

Result<DirectoryState> wanted_state(const Postfix& postfix, const SocketDirectory& directory) {
  DirectoryState out;
  BS_TRY(out.real, resolve(postfix.root(), directory.path));
  out.owner = find_user(postfix.root(), directory.owner).value_or(Account{});
  const auto group = find_group(postfix.root(), "postfix");
  if (!group) return fail(Errc::NotFound, "/etc/group", "has no group postfix");
  out.group = *group;
  return out;
}

Result<void> make_socket_directory(const Postfix& postfix, const SocketDirectory& directory) {
  BS_TRY(const DirectoryState wanted, wanted_state(postfix, directory));
  BS_TRY_VOID(make_directory(postfix.root(), directory.path, kSocketDirectoryMode));
  if (chown(wanted.real.c_str(), wanted.owner.uid, wanted.group) != 0 ||
      chmod(wanted.real.c_str(), kSocketDirectoryMode) != 0) {
    return fail(Errc::Denied, directory.path,
                fmt::format("cannot be given owner {}, group postfix and mode 2750: {}",
                            directory.owner, std::strerror(errno)));
  }
  return {};
}

}  // namespace

std::optional<SocketDirectory> find_socket_directory(const Postfix& postfix,
                                                     const std::string& socket) {
  constexpr std::string_view kScheme = "unix:";
  if (!socket.starts_with(kScheme)) return std::nullopt;
  const std::string path = socket.substr(kScheme.size());
  const auto slash = path.rfind('/');
  if (path.starts_with('/') || slash == std::string::npos) return std::nullopt;
  SocketDirectory out{.path = postfix.queue_directory() + "/" + path.substr(0, slash),
                      .owner = "root"};
  for (const char* const name : {"_backstop", "backstop"}) {
    if (!find_user(postfix.root(), name)) continue;
    out.owner = name;
    break;
  }
  const auto wanted = wanted_state(postfix, out);
  struct stat found{};
  if (!wanted || stat(wanted->real.c_str(), &found) != 0) {
    out.is_there = out.is_right = false;
    return out;
  }
  out.is_right = S_ISDIR(found.st_mode) && found.st_uid == wanted->owner.uid &&
                 found.st_gid == wanted->group && (found.st_mode & 07777) == kSocketDirectoryMode;
  return out;
}

Result<std::optional<Record>> read_record(const Postfix& postfix) {
  const std::string path = record_path(postfix);
  auto before = read_pair(postfix, path + "/before");
  if (!before && before.error().code == Errc::NotFound) return std::nullopt;
  if (!before) return tl::unexpected<Error>(before.error());
  // A crash between both leaves the older half alone: then settings are undone one by one.
  auto after = read_pair(postfix, path + "/after");
  if (!after && after.error().code != Errc::NotFound) return tl::unexpected<Error>(after.error());
  return Record{.before = *std::move(before), .after = after ? *std::move(after) : PostfixText{}};
}

Result<Done> change_postfix(const Postfix& postfix, const Plan& plan,
                            const std::optional<Record>& record,
                            const std::optional<SocketDirectory>& sockets, Instant now) {
  const SignalsWait signals;
  BS_TRY(const std::optional<Record> old_record, read_record(postfix));
  BS_TRY_VOID(check_unchanged(postfix, plan));
  Done out;
  BS_TRY(out.backup, write_backup(postfix, now));
  if (record) BS_TRY_VOID(write_record(postfix, record));
  const bool makes_directory = sockets && !sockets->is_there;
  if (sockets && !sockets->is_right) BS_TRY_VOID(make_socket_directory(postfix, *sockets));
  BS_TRY_VOID(write_files(postfix, plan));
  auto check = postfix.run("check");
  if (check && check->exit_code == 0) {
    out.check = *std::move(check);
    if (!record) BS_TRY_VOID(write_record(postfix, std::nullopt));
    return out;
  }
  out.ending = Ending::RolledBack;
  if (check)
    out.check = *std::move(check);
  else
    out.check = Outcome{.exit_code = 1, .output = "", .words = check.error().text()};
  BS_TRY_VOID(put_back(postfix, plan, plan.files.size()));
  BS_TRY_VOID(write_record(postfix, old_record));
  if (makes_directory) remove_socket_directory(postfix, *sockets);
  const auto again = postfix.run("check");
  out.was_broken = !again || again->exit_code != 0;
  return out;
}

bool remove_socket_directory(const Postfix& postfix, const SocketDirectory& directory) {
  const auto real = resolve(postfix.root(), directory.path);
  return real && (rmdir(real->c_str()) == 0 || errno == ENOENT);
}

}  // namespace backstop::mta
