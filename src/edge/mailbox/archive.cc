#include "edge/mailbox/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/base/escape.h"
#include "core/base/limits.h"

namespace backstop::mailbox {
namespace {

constexpr std::size_t kBlockBytes = 128 * 1024;

std::string name_of(archive_entry* entry) {
  const char* name = ::archive_entry_pathname_utf8(entry);
  // Bytes in no charset that is known.
  if (name == nullptr) name = ::archive_entry_pathname(entry);
  if (name == nullptr || *name == '\0') return "?";
  return std::string(name).substr(0, limits::kMailboxNameBytes);
}

}  // namespace

struct Archive::Calls {
  static la_ssize_t read(archive* handle, void* data, const void** buffer) {
    auto& self = *static_cast<Archive*>(data);
    const std::size_t got = self.stream_->read(self.block_.data(), self.block_.size());
    if (got == 0 && self.stream_->error()) {
      ::archive_set_error(handle, EIO, "the file cannot be read");
      return ARCHIVE_FATAL;
    }
    self.place_ += got;
    *buffer = self.block_.data();
    return static_cast<la_ssize_t>(got);
  }

  static la_int64_t seek(archive*, void* data, la_int64_t offset, int whence) {
    auto& self = *static_cast<Archive*>(data);
    la_int64_t place = offset;
    if (whence == SEEK_CUR) place += static_cast<la_int64_t>(self.place_);
    if (whence == SEEK_END) place += static_cast<la_int64_t>(self.stream_->size());
    if (place < 0 || !self.stream_->seek(static_cast<std::uint64_t>(place))) return ARCHIVE_FATAL;
    self.place_ = static_cast<std::uint64_t>(place);
    return place;
  }
};

void Archive::Close::operator()(archive* handle) const {
  ::archive_read_free(handle);
}

Archive::Archive(std::unique_ptr<ByteStream> stream, Form form)
    : stream_(std::move(stream)), block_(kBlockBytes), form_(form) {
  seekable_ = stream_->size() > 0 && stream_->seek(0);
}

Archive::~Archive() = default;

void Archive::open(Form form) {
  opened_ = true;
  handle_.reset(::archive_read_new());
  archive* const handle = handle_.get();
  if (handle == nullptr) return note_error(ARCHIVE_FATAL);
  // By name one by one: support_filter_all would run programs, and other formats are not wanted.
  if (form == Form::Packed) {
    ::archive_read_support_filter_gzip(handle);
    ::archive_read_support_filter_bzip2(handle);
    ::archive_read_support_filter_xz(handle);
    ::archive_read_support_filter_zstd(handle);
    ::archive_read_support_format_raw(handle);
    ::archive_read_support_format_empty(handle);
  }
  if (form == Form::Zip) {
    ::archive_read_support_format_zip_streamable(handle);
    if (seekable_) ::archive_read_support_format_zip_seekable(handle);
  } else {
    ::archive_read_support_format_tar(handle);
  }
  ::archive_read_set_read_callback(handle, &Calls::read);
  if (seekable_) ::archive_read_set_seek_callback(handle, &Calls::seek);
  ::archive_read_set_callback_data(handle, this);
  if (::archive_read_open1(handle) != ARCHIVE_OK) note_error(ARCHIVE_FATAL);
}

std::optional<Archive::Member> Archive::next() {
  error_.reset();
  unpacked_ = {};
  hole_ = member_bytes_ = 0;
  if (!opened_) open(form_);
  if (broken_) return std::nullopt;
  archive_entry* entry = nullptr;
  const int code = ::archive_read_next_header(handle_.get(), &entry);
  if (code == ARCHIVE_EOF) return std::nullopt;
  if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
    note_error(ARCHIVE_FATAL);
    return std::nullopt;
  }
  Member member;
  const bool packed = ::archive_format(handle_.get()) == ARCHIVE_FORMAT_RAW;
  if (!packed) member.name = name_of(entry);
  member.is_file = packed || (::archive_entry_filetype(entry) == AE_IFREG &&
                              ::archive_entry_hardlink(entry) == nullptr);
  return member;
}

std::size_t Archive::read(char* into, std::size_t bytes) {
  error_.reset();
  std::size_t done = 0;
  while (done < bytes) {
    if (hole_ > 0) {
      const std::size_t zeros =
          static_cast<std::size_t>(std::min<std::uint64_t>(hole_, bytes - done));
      std::memset(into + done, 0, zeros);
      hole_ -= zeros;
      done += zeros;
      continue;
    }
    if (unpacked_.empty() && !unpack_block()) break;
    const std::size_t part = std::min(unpacked_.size(), bytes - done);
    std::memcpy(into + done, unpacked_.data(), part);
    unpacked_.remove_prefix(part);
    done += part;
  }
  return done;
}

// Block by block, since archive_read_data forgets what it read before an error.
bool Archive::unpack_block() {
  const void* data = nullptr;
  std::size_t bytes = 0;
  la_int64_t offset = 0;
  const int code = ::archive_read_data_block(handle_.get(), &data, &bytes, &offset);
  if (code == ARCHIVE_EOF) return false;
  if (code != ARCHIVE_OK) {
    note_error(code);
    return false;
  }
  const auto place = static_cast<std::uint64_t>(std::max<la_int64_t>(offset, 0));
  hole_ = place > member_bytes_ ? place - member_bytes_ : 0;
  unpacked_ = {static_cast<const char*>(data), bytes};
  member_bytes_ = place + bytes;
  // An empty block is a hole, or nothing: another must follow, and libarchive says when not.
  return true;
}

std::uint64_t Archive::offset() const {
  const la_int64_t offset = handle_ == nullptr ? 0 : ::archive_filter_bytes(handle_.get(), -1);
  return offset > 0 ? static_cast<std::uint64_t>(offset) : 0;
}

void Archive::note_error(int code) {
  if (code == ARCHIVE_FATAL) broken_ = true;
  if (stream_->error()) {
    error_ = stream_->error();
    return;
  }
  const char* const words = handle_ == nullptr ? nullptr : ::archive_error_string(handle_.get());
  error_ = Error{Errc::Invalid, "",
                 "cannot be unpacked: " + escape_terminal(words == nullptr ? "damaged" : words)};
}

}  // namespace backstop::mailbox
