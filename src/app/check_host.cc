// What the host gives: time, and room for the store.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "app/check_parts.h"
#include "edge/os/heartbeat.h"

namespace backstop::app {
namespace {

// The last beat of a daemon that lives: it beats each second.
constexpr Seconds kBeatIsFresh{15};
// Below this the store may not get through a night: a busy host writes some 40 MB a day.
constexpr std::uint64_t kFreeBytesMin = 200ULL * 1024 * 1024;
constexpr std::uint64_t kFreeInodesMin = 1000;

void check_room(const std::string& directory, Findings& findings) {
  struct statvfs room{};
  if (statvfs(directory.c_str(), &room) != 0) return;
  const std::string why =
      "what cannot be written down cannot be proved later: bounces of that time are only marked";
  const std::uint64_t bytes = std::uint64_t{room.f_bavail} * room.f_frsize;
  if (bytes < kFreeBytesMin) {
    findings.wrong("disk", fmt::format("{} has {} MiB left", directory, bytes / (1024 * 1024)), why,
                   "make room, or move store.directory to a larger disk");
  }
  // Some file systems count no inodes.
  if (room.f_files != 0 && room.f_favail < kFreeInodesMin) {
    findings.wrong("inodes", fmt::format("{} has {} inodes left", directory, room.f_favail), why,
                   "remove small files there, or move store.directory");
  }
  if ((room.f_flag & ST_RDONLY) != 0)
    findings.wrong("disk", directory + " is read-only", why, "mount it for writing");
  else if (bytes >= kFreeBytesMin)
    findings.good("disk", fmt::format("{} has {} MiB left", directory, bytes / (1024 * 1024)));
}

void check_file(const std::string& directory, const char* name, bool lives, Findings& findings) {
  const std::string path = directory + "/" + name;
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT && !lives) return;  // It is made when the daemon first runs.
    findings.wrong("store", fmt::format("{}: {}", path, std::strerror(errno)),
                   "what was sent is not remembered", "look into the daemon's log");
    return;
  }
  if ((status.st_mode & 0077) != 0) {
    findings.wrong(
        "store",
        fmt::format("{} has mode {:04o}: others may read it", path, status.st_mode & 07777),
        "it says who wrote to whom", fmt::format("chmod 0600 {}", path));
  } else if (access(path.c_str(), R_OK) != 0) {
    findings.advice("store", fmt::format("{} cannot be read by this user", path),
                    "status, why and this check see less", "run them as root");
  } else {
    findings.good("store", fmt::format("{} has {} KiB", path, status.st_size / 1024));
  }
}

}  // namespace

void check_clock(Findings& findings) {
  timex state{};
  const int result = adjtimex(&state);
  if (result < 0) return;  // Not ours to ask: some containers forbid it.
  if (result == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
    findings.advice("clock", "the kernel says that the clock is not kept in time",
                    "tokens carry the time of issue; a clock that drifts by a day makes proofs "
                    "look late or early",
                    "timedatectl set-ntp true, or run chrony; in a container look at its host");
    return;
  }
  findings.good("clock", "is kept in time");
}

void check_store(const config::Config& config, const std::string& root, Instant now,
                 Findings& findings) {
  if (config.store_directory.empty()) {
    findings.advice("store", "store.directory is empty, so nothing is kept",
                    "answers that return no header cannot be told from forged ones, and nothing "
                    "can be explained later",
                    "name a directory, as store.directory = \"/var/lib/backstop\"");
    return;
  }
  const std::string directory = below(root, config.store_directory);
  struct stat status{};
  if (stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    findings.wrong("store", fmt::format("{} is not there", directory),
                   "what is sent is not remembered",
                   fmt::format("install -d -o _backstop -g _backstop -m 0700 {} (or -o root where "
                               "the daemon runs as root)",
                               directory));
    return;
  }
  check_room(directory, findings);
  const auto beat = os::read_last_beat(directory);
  bool lives = false;
  if (!beat) {
    findings.advice("daemon", beat.error().text(), "whether it runs cannot be told",
                    "look again as root");
  } else if (!*beat) {
    findings.wrong("daemon", "it has never run on this store",
                   "nothing is signed and nothing judged", "systemctl enable --now backstopd");
  } else if (now > (*beat)->at + kBeatIsFresh) {
    findings.wrong("daemon",
                   fmt::format("its last sign of life is of {}", render_instant((*beat)->at)),
                   "since then mail goes out unsigned; what answers it will only be marked",
                   "systemctl start backstopd; its log says why it ended");
  } else {
    lives = true;
    findings.good("daemon", fmt::format("lives, process {}, since {}", (*beat)->pid,
                                        render_instant((*beat)->started)));
  }
  for (const char* const name : {"ledger.db", "history.db"})
    check_file(directory, name, lives, findings);
}

}  // namespace backstop::app
