#include "edge/mailbox/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/limits.h"
#include "edge/mailbox/byte_stream.h"

namespace backstop::mailbox {
namespace {

namespace fs = std::filesystem;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// Nothing for what is neither a file nor a folder: a socket, a pipe, a broken link.
std::optional<Names::Sort> sort_of(DIR* folder, const dirent& entry) {
  if (entry.d_type == DT_REG) return Names::Sort::File;
  if (entry.d_type == DT_DIR) return Names::Sort::Folder;
  if (entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN) return std::nullopt;
  struct stat status{};
  if (::fstatat(::dirfd(folder), entry.d_name, &status, 0) != 0) {
    // It is there and cannot be looked at: opening it will say why.
    return Names::Sort::File;
  }
  if (S_ISREG(status.st_mode)) return Names::Sort::File;
  if (S_ISDIR(status.st_mode)) return Names::Sort::Folder;
  return std::nullopt;
}

template <class Take>
Result<void> for_each_entry(const std::string& path, Take take) {
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
  if (!folder) return tl::unexpected<Error>(read_error(path, errno));
  std::size_t entries = 0;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(folder.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (++entries > limits::kMailboxFiles) {
      return fail(Errc::Limit, path, "holds more files than are read at once");
    }
    if (const auto sort = sort_of(folder.get(), *entry)) take(name, *sort);
  }
  if (errno != 0) return tl::unexpected<Error>(read_error(path, errno));
  return {};
}

}  // namespace

Names::Name Names::at(std::size_t index) const {
  const Entry& entry = entries_[index];
  return {.text = text_of(entry), .sort = entry.sort, .in_new = entry.in_new};
}

void Names::add(std::string_view name, Sort sort, bool in_new) {
  if (blocks_.empty() || blocks_.back().size() + name.size() > kBlockBytes) {
    blocks_.emplace_back().reserve(kBlockBytes);
  }
  entries_.push_back({.block = static_cast<std::uint32_t>(blocks_.size() - 1),
                      .offset = static_cast<std::uint16_t>(blocks_.back().size()),
                      .bytes = static_cast<std::uint16_t>(name.size()),
                      .sort = sort,
                      .in_new = in_new});
  blocks_.back() += name;
}

void Names::sort_by_name() {
  std::ranges::sort(entries_, {}, [this](const Entry& entry) { return text_of(entry); });
}

void Names::sort_folders_last() {
  std::ranges::sort(entries_, {}, [this](const Entry& entry) {
    return std::pair(entry.sort == Sort::Folder, text_of(entry));
  });
}

bool is_maildir(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(fs::path(path) / "cur", ignored) &&
         fs::is_directory(fs::path(path) / "new", ignored);
}

bool is_index_name(std::string_view name) {
  // Beginnings that are a program's whole name for a file, behind which only a version or a
  // suffix of its own stands.
  constexpr std::array<std::string_view, 9> kBeginnings = {".",
                                                           "dovecot-uidvalidity",
                                                           "dovecot.index",
                                                           "dovecot.mailbox.log",
                                                           "dovecot.list.index",
                                                           "courierimap",
                                                           "courierpop3",
                                                           "cyrus.",
                                                           "dovecot-uidlist."};
  constexpr std::array<std::string_view, 3> kEnds = {".msf", ".cmeta", ".ibex.index"};
  constexpr std::array<std::string_view, 15> kNames = {
      "dovecot-uidlist", "dovecot-keywords",   "dovecot-acl",   "dovecot-acl-list",
      "dovecot-shared",  "dovecot.svbin",      "dovecot.sieve", "maildirsize",
      "maildirfolder",   "maildirlock",        "subscriptions", "uidlist",
      "popstate.dat",    "msgFilterRules.dat", "filterlog.html"};
  return std::ranges::any_of(kBeginnings, [name](auto with) { return name.starts_with(with); }) ||
         std::ranges::any_of(kEnds, [name](auto with) { return name.ends_with(with); }) ||
         std::ranges::find(kNames, name) != kNames.end();
}

Result<Names> list_folder(const std::string& path) {
  Names names;
  BS_TRY_VOID(for_each_entry(path, [&](std::string_view name, Names::Sort sort) {
    if (sort == Names::Sort::File) {
      if (!is_index_name(name)) names.add(name, sort, false);
      return;
    }
    const bool hidden = name.starts_with(".");
    const bool mail = name.ends_with(".directory") || is_maildir(path + "/" + std::string(name));
    if (!hidden || mail) names.add(name, sort, false);
  }));
  names.sort_by_name();
  return names;
}

Result<Names> list_maildir(const std::string& path) {
  Names names;
  for (const bool in_new : {false, true}) {
    const std::string folder = path + (in_new ? "/new" : "/cur");
    BS_TRY_VOID(for_each_entry(folder, [&](std::string_view name, Names::Sort sort) {
      if (sort == Names::Sort::File && !name.starts_with(".")) names.add(name, sort, in_new);
    }));
  }
  BS_TRY_VOID(for_each_entry(path, [&](std::string_view name, Names::Sort sort) {
    if (sort != Names::Sort::Folder || name == "cur" || name == "new" || name == "tmp") return;
    names.add(name, sort, false);
  }));
  names.sort_folders_last();
  return names;
}

}  // namespace backstop::mailbox
