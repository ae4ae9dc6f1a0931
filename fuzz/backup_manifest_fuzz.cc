// Manifests of backups: any text is read or refused; what was read names no path that leads
// elsewhere and is the same again from its text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "edge/backup/manifest.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop::backup;
  const auto manifest = parse_manifest({reinterpret_cast<const char*>(data), size});
  if (!manifest) return 0;
  for (const BackupFile& file : manifest->files) {
    require(is_backup_name(file.name));
    require(file.name.find("..") == file.name.npos || file.name.find("/..") == file.name.npos);
    require((file.mode & ~0664U) == 0);
  }
  const auto again = parse_manifest(render_manifest(*manifest));
  require(again && *again == *manifest);
  return 0;
}
