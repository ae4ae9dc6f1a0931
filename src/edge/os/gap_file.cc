#include "edge/os/gap_file.h"

#include <fmt/format.h>

#include "core/base/limits.h"
#include "edge/os/text_file.h"

namespace backstop::os {
namespace {

constexpr std::uint32_t kMode = 0644;

std::string path_in(const std::string& directory) {
  return fmt::format("{}/{}", directory, kGapFile);
}

}  // namespace

Result<GapsRead> read_gap_file(const std::string& directory) {
  const auto text = read_text_file(path_in(directory), limits::kGapFileBytes);
  if (!text && text.error().code == Errc::NotFound) return GapsRead{};
  if (!text) return tl::unexpected<Error>(text.error());
  GapsRead read;
  read.gaps = proof::parse_gaps(*text, &read.unreadable);
  return read;
}

Result<void> write_gap_file(const std::string& directory,
                            const std::vector<proof::SigningGap>& gaps) {
  return write_text_file(path_in(directory), proof::render_gaps(gaps), kMode);
}

}  // namespace backstop::os
