// The versions of a database file: it is brought up to date in numbered steps, and a file of a
// later version, or of another program, is left as it is.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "edge/store/sqlite.h"

namespace backstop::store {

struct Schema {
  std::int32_t application_id = 0;  // PRAGMA application_id: whose file it is.
  // What leads from version n to n + 1 stands at n; an empty file is of version 0.  A step that was
  // released never changes.
  std::span<const std::string_view> steps;
};

// Takes every step that the file lacks, each in a transaction of its own; nothing is written to a
// file that is up to date.  Errors: Errc::Unsupported for a later version or another program's
// file, which are not touched; as in sqlite.h.
Result<void> update_schema(Database& database, const Schema& schema);
// Would update_schema() take it?  Nothing is written.  Errors: Errc::Unsupported as above.
Result<void> check_later_schema(Database& database, const Schema& schema);
// For who only reads: is it the newest version?  Errors: as above, and Errc::Unsupported for an
// older one.
Result<void> check_schema(Database& database, const Schema& schema);

}  // namespace backstop::store
