#include "edge/backup/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "core/base/backup_limits.h"
#include "core/base/escape.h"
#include "core/crypto/sha256_stream.h"

namespace backstop::backup {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;

struct CloseArchive {
  void operator()(archive* handle) const { ::archive_read_free(handle); }
};

class Reader {
 public:
  Reader(const std::string& path, BackupSink& sink) : path_(path), sink_(sink) {}
  ~Reader() {
    handle_.reset();
    if (fd_ >= 0) close(fd_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Result<Manifest> read() {
    BS_TRY_VOID(open_file());
    BS_TRY_VOID(open_archive());
    BS_TRY(const Manifest manifest, read_manifest());
    BS_TRY_VOID(sink_.on_manifest(manifest));
    for (const BackupFile& file : manifest.files)
      BS_TRY_VOID(read_file(file));
    BS_TRY(const auto more, next());
    if (more) return wrong(fmt::format("holds {}, which its manifest does not list", *more));
    return manifest;
  }

 private:
  tl::unexpected<Error> wrong(const std::string& what) const {
    return fail(Errc::Invalid, path_, what + "; it was damaged or changed, nothing was restored");
  }
  tl::unexpected<Error> broken() const {
    const char* const words = ::archive_error_string(handle_.get());
    return wrong(fmt::format("cannot be read on ({})",
                             words == nullptr ? "its end is missing" : escape_terminal(words)));
  }

  Result<void> open_file() {
    fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd_ < 0) {
      const int error = errno;
      return fail(error == ENOENT ? Errc::NotFound : Errc::Denied, path_,
                  fmt::format("cannot be opened: {}", std::strerror(error)));
    }
    struct stat status{};
    if (fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode))
      return fail(Errc::Invalid, path_, "is not a regular file");
    return {};
  }

  Result<void> open_archive() {
    handle_.reset(::archive_read_new());
    archive* const handle = handle_.get();
    if (handle == nullptr) return fail(Errc::Unavailable, path_, "there is no memory to read it");
    // No other format or packing: each would be one more thing that hostile bytes may reach.
    ::archive_read_support_format_tar(handle);
    ::archive_read_support_filter_gzip(handle);
    ::archive_read_support_filter_zstd(handle);
    if (::archive_read_open_fd(handle, fd_, kBlockBytes) != ARCHIVE_OK)
      return fail(Errc::Invalid, path_, "is no backup");
    return {};
  }

  // The name of the next member, which must be a plain file.
  Result<std::optional<std::string>> next() {
    const int code = ::archive_read_next_header(handle_.get(), &entry_);
    if (code == ARCHIVE_EOF) return std::optional<std::string>();
    if (code != ARCHIVE_OK) return broken();
    const char* const name = ::archive_entry_pathname(entry_);
    if (name == nullptr || ::archive_entry_filetype(entry_) != AE_IFREG ||
        ::archive_entry_hardlink(entry_) != nullptr || ::archive_entry_symlink(entry_) != nullptr ||
        ::archive_entry_size_is_set(entry_) == 0)
      return wrong("holds what is no plain file");
    return std::optional(escape_terminal(std::string_view(name).substr(0, kNameShown)));
  }

  Result<Manifest> read_manifest() {
    BS_TRY(const auto name, next());
    if (!name || *name != kManifestName)
      return fail(Errc::Invalid, path_, "is no backup: it does not begin with a manifest");
    const la_int64_t size = ::archive_entry_size(entry_);
    if (size < 0 || static_cast<std::uint64_t>(size) > limits::kBackupManifestBytes)
      return wrong("has a manifest that is longer than any");
    std::string text;
    BS_TRY_VOID(read_bytes(static_cast<std::uint64_t>(size), [&](std::string_view bytes) {
      text += bytes;
      return Result<void>();
    }));
    auto manifest = parse_manifest(text);
    if (manifest) return manifest;
    Error error = std::move(manifest).error();
    error.detail = error.where + " " + error.detail;
    error.where = path_;
    return tl::unexpected<Error>(std::move(error));
  }

  Result<void> read_file(const BackupFile& file) {
    BS_TRY(const auto name, next());
    if (!name) return wrong(fmt::format("ends before {}", file.name));
    if (*name != file.name)
      return wrong(fmt::format("holds {} where {} belongs", *name, file.name));
    if (static_cast<std::uint64_t>(::archive_entry_size(entry_)) != file.bytes)
      return wrong(fmt::format("holds a {} of another size than its manifest says", file.name));
    BS_TRY_VOID(sink_.on_file(file));
    crypto::Sha256 hash;
    BS_TRY_VOID(read_bytes(file.bytes, [&](std::string_view bytes) {
      hash.add(bytes);
      return sink_.on_bytes(bytes);
    }));
    if (hash.digest() != file.digest)
      return wrong(fmt::format("holds a {} of other bytes than its manifest says", file.name));
    return sink_.on_file_end(file);
  }

  template <class Take>
  Result<void> read_bytes(std::uint64_t size, const Take& take) {
    std::array<char, kBlockBytes> block{};
    std::uint64_t read = 0;
    for (;;) {
      const la_ssize_t got = ::archive_read_data(handle_.get(), block.data(), block.size());
      if (got < 0) return broken();
      if (got == 0) break;
      read += static_cast<std::uint64_t>(got);
      if (read > size) return wrong("holds more than it says");
      BS_TRY_VOID(take(std::string_view(block.data(), static_cast<std::size_t>(got))));
    }
    if (read != size) return wrong("is cut off");
    return {};
  }

  // Of a name that is shown because it is wrong.
  static constexpr std::size_t kNameShown = 200;

  const std::string& path_;
  BackupSink& sink_;
  int fd_ = -1;
  std::unique_ptr<archive, CloseArchive> handle_;
  archive_entry* entry_ = nullptr;
};

}  // namespace

Result<Manifest> read_backup(const std::string& path, BackupSink& sink) {
  return Reader(path, sink).read();
}

}  // namespace backstop::backup
