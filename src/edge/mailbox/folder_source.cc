// Folders: Maildirs, and any other with the folders in it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <utility>

#include "core/base/limits.h"
#include "edge/mailbox/folder.h"
#include "edge/mailbox/reading_state.h"

namespace backstop::mailbox {
namespace {

// The folders of one tree that were met, so that links lead into none of them twice.
using MetFolders = std::set<std::pair<dev_t, ino_t>>;

class FolderSource final : public Source {
 public:
  FolderSource(std::string path, std::shared_ptr<MetFolders> met, unsigned depth)
      : path_(std::move(path)), met_(std::move(met)), depth_(depth) {}
  ~FolderSource() override {
    for (const int fd : {fd_, new_fd_}) {
      if (fd >= 0) ::close(fd);
    }
  }
  FolderSource(const FolderSource&) = delete;
  FolderSource& operator=(const FolderSource&) = delete;

  Step step(ReadingState& state) override {
    if (!listed_) return list(state) ? Step::More : Step::Done;
    if (at_ >= names_.size()) return Step::Done;
    const Names::Name name = names_.at(at_++);
    if (name.sort == Names::Sort::Folder) {
      enter(state, path_ + "/" + std::string(name.text));
    } else {
      read(state, name);
    }
    return Step::More;
  }

 private:
  // False when there is nothing to be read here.
  bool list(ReadingState& state) {
    listed_ = true;
    maildir_ = is_maildir(path_);
    const std::string files = maildir_ ? path_ + "/cur" : path_;
    fd_ = ::open(files.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (maildir_ && fd_ >= 0) {
      new_fd_ = ::open((path_ + "/new").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (fd_ < 0 || (maildir_ && new_fd_ < 0)) {
      state.unreadable(path_, 0, read_error(path_, errno));
      return false;
    }
    auto names = maildir_ ? list_maildir(path_) : list_folder(path_);
    if (!names) {
      state.unreadable(path_, 0, names.error());
      return false;
    }
    names_ = *std::move(names);
    return true;
  }

  void enter(ReadingState& state, std::string path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
      const int error = errno;
      return state.unreadable(path, 0, read_error(path, error));
    }
    if (depth_ >= limits::kMailboxFolderDepth || met_->size() >= limits::kMailboxFolders) {
      return state.unreadable(
          path, 0, {Errc::Limit, path, "lies deeper, or among more folders, than are read"});
    }
    if (!met_->insert({status.st_dev, status.st_ino}).second) return;
    state.push(std::make_unique<FolderSource>(std::move(path), met_, depth_ + 1));
  }

  void read(ReadingState& state, const Names::Name& name) {
    Opened opened{.stream = nullptr,
                  .source = maildir_ ? path_ : "",
                  .path = path_ + (!maildir_     ? "/"
                                   : name.in_new ? "/new/"
                                                 : "/cur/"),
                  .number = maildir_ ? at_ : 0,
                  .met = maildir_ ? Met::Maildir : Met::Tree};
    opened.path += name.text;
    if (!maildir_) opened.source = opened.path;
    auto stream = open_file({.folder = name.in_new ? new_fd_ : fd_,
                             .name = std::string(name.text),
                             .path = opened.path},
                            state.builder.disk_bytes());
    if (!stream) return state.unreadable(opened.path, 0, stream.error());
    opened.stream = *std::move(stream);
    read_opened(state, std::move(opened));
  }

  std::string path_;
  std::shared_ptr<MetFolders> met_;
  unsigned depth_;
  bool listed_ = false;
  bool maildir_ = false;
  int fd_ = -1;
  int new_fd_ = -1;
  Names names_;
  std::size_t at_ = 0;
};

}  // namespace

std::unique_ptr<Source> make_folder_source(std::string path) {
  while (path.size() > 1 && path.ends_with('/'))
    path.pop_back();
  auto met = std::make_shared<MetFolders>();
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) met->insert({status.st_dev, status.st_ino});
  return std::make_unique<FolderSource>(std::move(path), std::move(met), 0U);
}

}  // namespace backstop::mailbox
