#include "edge/mailbox/maildir.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/base/limits.h"

namespace backstop::mailbox {

namespace fs = std::filesystem;

bool is_maildir(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(fs::path(path) / "cur", ignored) &&
         fs::is_directory(fs::path(path) / "new", ignored);
}

Result<std::vector<std::string>> list_maildir(const std::string& path) {
  std::vector<std::string> files;
  for (const char* name : {"cur", "new"}) {
    const fs::path folder = fs::path(path) / name;
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      std::error_code ignored;
      const bool hidden = entries->path().filename().string().starts_with(".");
      if (hidden || !entries->is_regular_file(ignored)) continue;
      if (files.size() >= limits::kMailboxFiles) {
        return fail(Errc::Limit, path, "holds more files than are read at once");
      }
      files.push_back(entries->path().string());
    }
    if (error) {
      const bool denied = error == std::errc::permission_denied;
      return fail(denied ? Errc::Denied : Errc::Unavailable, folder.string(),
                  "cannot be listed: " + error.message());
    }
  }
  std::ranges::sort(files, {}, [](const std::string& file) { return fs::path(file).filename(); });
  return files;
}

}  // namespace backstop::mailbox
