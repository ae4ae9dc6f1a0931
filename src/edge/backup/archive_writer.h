// Writes a backup: a tar file, packed with zstd, member by member.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"

struct archive;

namespace backstop::backup {

// Not thread-safe.  After an error nothing more may be asked of it but to be dropped.
class ArchiveWriter {
 public:
  // Where the packed bytes go; its error becomes that of the call that met it.
  using Sink = std::function<Result<void>(std::string_view)>;

  static Result<ArchiveWriter> begin(Sink sink);
  ~ArchiveWriter();
  ArchiveWriter(ArchiveWriter&& other) noexcept;
  ArchiveWriter& operator=(ArchiveWriter&&) = delete;

  // A member of exactly `bytes` bytes, which follow by write().  Errors: Errc::Unavailable.
  Result<void> add(std::string_view name, std::uint64_t bytes, std::uint32_t mode, Instant when);
  Result<void> write(std::string_view content);
  // The end of the archive.  REQUIRES: every member is whole.
  Result<void> finish();

 private:
  struct State;
  explicit ArchiveWriter(std::unique_ptr<State> state);
  tl::unexpected<Error> fail_here();
  std::unique_ptr<State> state_;
};

}  // namespace backstop::backup
