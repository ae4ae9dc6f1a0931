#include "edge/backup/archive_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <optional>

namespace backstop::backup {
namespace {

constexpr const char* kPlace = "the backup";

struct CloseEntry {
  void operator()(archive_entry* entry) const { ::archive_entry_free(entry); }
};

}  // namespace

struct ArchiveWriter::State {
  explicit State(Sink s) : sink(std::move(s)), handle(::archive_write_new()) {}
  ~State() { ::archive_write_free(handle); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  static la_ssize_t put(archive* handle, void* data, const void* bytes, std::size_t size) {
    auto& self = *static_cast<State*>(data);
    // What is written while an archive is given up goes nowhere.
    if (self.error) return static_cast<la_ssize_t>(size);
    auto written = self.sink({static_cast<const char*>(bytes), size});
    if (written) return static_cast<la_ssize_t>(size);
    self.error = std::move(written).error();
    ::archive_set_error(handle, EIO, "the file cannot be written");
    return -1;
  }

  Sink sink;
  archive* handle;
  std::optional<Error> error;  // Of the sink.
};

ArchiveWriter::ArchiveWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArchiveWriter::~ArchiveWriter() = default;
ArchiveWriter::ArchiveWriter(ArchiveWriter&& other) noexcept = default;

tl::unexpected<Error> ArchiveWriter::fail_here() {
  if (state_->error) return tl::unexpected<Error>(*state_->error);
  const char* const words = ::archive_error_string(state_->handle);
  return fail(Errc::Unavailable, kPlace, words == nullptr ? "cannot be written" : words);
}

Result<ArchiveWriter> ArchiveWriter::begin(Sink sink) {
  ArchiveWriter out(std::make_unique<State>(std::move(sink)));
  archive* const handle = out.state_->handle;
  if (handle == nullptr) return fail(Errc::Unavailable, kPlace, "there is no memory for it");
  // A libarchive without zstd of its own would start a program.
  if (::archive_write_add_filter_zstd(handle) != ARCHIVE_OK &&
      ::archive_write_add_filter_gzip(handle) != ARCHIVE_OK)
    return out.fail_here();
  if (::archive_write_set_format_pax_restricted(handle) != ARCHIVE_OK ||
      ::archive_write_set_bytes_in_last_block(handle, 1) != ARCHIVE_OK ||
      ::archive_write_open2(handle, out.state_.get(), nullptr, &State::put, nullptr, nullptr) !=
          ARCHIVE_OK)
    return out.fail_here();
  return out;
}

Result<void> ArchiveWriter::add(std::string_view name, std::uint64_t bytes, std::uint32_t mode,
                                Instant when) {
  const std::unique_ptr<archive_entry, CloseEntry> entry(::archive_entry_new());
  if (entry == nullptr) return fail(Errc::Unavailable, kPlace, "there is no memory for it");
  ::archive_entry_set_pathname(entry.get(), std::string(name).c_str());
  ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
  ::archive_entry_set_filetype(entry.get(), AE_IFREG);
  ::archive_entry_set_perm(entry.get(), mode);
  ::archive_entry_set_mtime(entry.get(), when.time_since_epoch().count(), 0);
  if (::archive_write_header(state_->handle, entry.get()) != ARCHIVE_OK) return fail_here();
  return {};
}

Result<void> ArchiveWriter::write(std::string_view content) {
  while (!content.empty()) {
    const la_ssize_t put = ::archive_write_data(state_->handle, content.data(), content.size());
    if (put <= 0) return fail_here();
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> ArchiveWriter::finish() {
  if (::archive_write_close(state_->handle) != ARCHIVE_OK) return fail_here();
  return {};
}

}  // namespace backstop::backup
