#include "edge/mailbox/source.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "core/base/limits.h"
#include "edge/mailbox/maildir.h"
#include "edge/mailbox/mbox.h"

namespace backstop::mailbox {
namespace {

namespace fs = std::filesystem;

Errc code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return Errc::NotFound;
    case EACCES:
    case EPERM:
      return Errc::Denied;
    default:
      return Errc::Unavailable;
  }
}

tl::unexpected<Error> cannot_read(const std::string& path, int error) {
  return fail(code_of(error), path, std::string("cannot be read: ") + std::strerror(error));
}

class InputFile {
 public:
  static Result<InputFile> open(const std::string& path) {
    if (path == "-") return InputFile(STDIN_FILENO, false, path);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return cannot_read(path, errno);
    return InputFile(fd, true, path);
  }
  ~InputFile() {
    if (owned_) ::close(fd_);
  }
  InputFile(InputFile&& other) noexcept
      : fd_(other.fd_), owned_(std::exchange(other.owned_, false)), path_(std::move(other.path_)) {}
  InputFile& operator=(InputFile&&) = delete;

  // Empty at the end.
  Result<std::string_view> read(std::array<char, limits::kMailboxReadBytes>& buffer) {
    for (;;) {
      const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
      if (got >= 0) return std::string_view(buffer.data(), static_cast<std::size_t>(got));
      if (errno != EINTR) return cannot_read(path_, errno);
    }
  }

 private:
  InputFile(int fd, bool owned, std::string path)
      : fd_(fd), owned_(owned), path_(std::move(path)) {}

  int fd_;
  bool owned_;
  std::string path_;
};

enum class Detect { MboxToo, OneMessage };

// One file as one message, or as the mbox that its first line says it is.
Result<SourceKind> read_file(const std::string& path, const MessagePlace& place, Detect detect,
                             MessageSink& sink) {
  BS_TRY(InputFile file, InputFile::open(path));
  const auto buffer = std::make_unique<std::array<char, limits::kMailboxReadBytes>>();
  // Enough of the beginning to see the first line.
  std::string head;
  bool ended = false;
  while (detect == Detect::MboxToo && head.find('\n') == head.npos &&
         head.size() <= limits::kMboxLineBytes && !ended) {
    BS_TRY(const std::string_view got, file.read(*buffer));
    ended = got.empty();
    head += got;
  }
  const std::string_view first_line = std::string_view(head).substr(0, head.find('\n'));
  std::optional<MboxSplitter> mbox;
  if (detect == Detect::MboxToo && is_from_line(first_line)) {
    mbox.emplace(path, sink);
    mbox->feed(head);
  } else {
    sink.on_message(place);
    sink.on_bytes(head);
  }
  const auto end = [&mbox, &sink] {
    if (mbox) {
      mbox->finish();
    } else {
      sink.on_message_end();
    }
  };
  while (!ended) {
    auto got = file.read(*buffer);
    if (!got) {
      end();
      return tl::unexpected<Error>(std::move(got).error());
    }
    ended = got->empty();
    if (mbox) {
      mbox->feed(*got);
    } else {
      sink.on_bytes(*got);
    }
  }
  end();
  return mbox ? SourceKind::Mbox : SourceKind::OneMessage;
}

Result<void> read_files(const std::string& path, const std::vector<std::string>& files,
                        SourceKind kind, MessageSink& sink) {
  std::uint64_t n = 0;
  for (const std::string& file : files) {
    MessagePlace place{.source = file, .offset = std::nullopt, .envelope_sender = std::nullopt};
    if (kind == SourceKind::Maildir) {
      place.source = path + "#" + std::to_string(++n);
      place.offset = 0;
    }
    if (auto read = read_file(file, place, Detect::OneMessage, sink); !read) {
      sink.on_unreadable(read.error());
    }
  }
  return {};
}

Result<std::vector<std::string>> list_folder(const std::string& path) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator entries(path, fs::directory_options::skip_permission_denied,
                                           error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (entries->path().extension() != ".eml" || !entries->is_regular_file(ignored)) continue;
    if (files.size() >= limits::kMailboxFiles) {
      return fail(Errc::Limit, path, "holds more files than are read at once");
    }
    files.push_back(entries->path().string());
  }
  if (error) return cannot_read(path, error.value());
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<SourceKind> read_source(const std::string& path, MessageSink& sink) {
  std::error_code error;
  if (path == "-" || !fs::is_directory(path, error)) {
    return read_file(path,
                     {.source = path, .offset = std::nullopt, .envelope_sender = std::nullopt},
                     Detect::MboxToo, sink);
  }
  if (is_maildir(path)) {
    BS_TRY(const auto files, list_maildir(path));
    BS_TRY_VOID(read_files(path, files, SourceKind::Maildir, sink));
    return SourceKind::Maildir;
  }
  BS_TRY(const auto files, list_folder(path));
  BS_TRY_VOID(read_files(path, files, SourceKind::Folder, sink));
  return SourceKind::Folder;
}

}  // namespace backstop::mailbox
