#include "app/mode_file.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>

#include "core/base/limits.h"
#include "core/config/edit.h"
#include "edge/mta/rooted_file.h"
#include "edge/os/heartbeat.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

// It beats each second; a loaded host may be late.
constexpr Seconds kBeatIsFresh{15};

// A process id may have passed to a stranger since the beat.
bool is_backstopd(std::uint32_t pid) {
  const auto name = os::read_text_file(fmt::format("/proc/{}/comm", pid), 4096);
  return name && name->starts_with("backstopd");
}

}  // namespace

Result<std::string> write_mode(const std::string& path, std::string_view subject, policy::Mode mode,
                               std::optional<Instant> forced_until) {
  BS_TRY(const std::string before, os::read_text_file(path, limits::kConfigFileBytes));
  BS_TRY(std::string after, config::with_mode(before, path, subject, mode));
  if (forced_until) {
    BS_TRY(after, config::with_forced_until(after, path, subject, *forced_until));
  }
  if (before == after) return std::string();
  struct stat status{};
  const mode_t permissions = stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0600;
  std::string copy = path + ".before";
  const std::string whole = std::filesystem::absolute(path).string();
  BS_TRY_VOID(mta::replace_rooted("/", whole + ".before", before, permissions));
  BS_TRY_VOID(mta::replace_rooted("/", whole, after, permissions));
  return copy;
}

std::optional<std::uint32_t> tell_daemon(const std::string& store_directory, Instant now) {
  if (store_directory.empty()) return std::nullopt;
  const auto beat = os::read_last_beat(store_directory);
  if (!beat || !*beat || (*beat)->pid == 0) return std::nullopt;
  const std::uint32_t pid = (*beat)->pid;
  if (now > (*beat)->at + kBeatIsFresh || !is_backstopd(pid)) return std::nullopt;
  if (kill(static_cast<pid_t>(pid), SIGHUP) != 0) return std::nullopt;
  return pid;
}

}  // namespace backstop::app
