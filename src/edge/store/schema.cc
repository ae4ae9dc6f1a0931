#include "edge/store/schema.h"

#include <fmt/format.h>

#include <string>

namespace backstop::store {
namespace {

// The version of a file that is ours or empty.
Result<std::size_t> read_version(Database& database, const Schema& schema) {
  BS_TRY(const std::int64_t application, database.read_number("PRAGMA application_id"));
  BS_TRY(const std::int64_t version, database.read_number("PRAGMA user_version"));
  BS_TRY(const std::int64_t tables, database.read_number("SELECT count(*) FROM sqlite_schema"));
  const bool is_empty = application == 0 && version == 0 && tables == 0;
  if (!is_empty && application != schema.application_id)
    return fail(Errc::Unsupported, database.path(),
                "It is another program's database, and was left as it is. Move it away, or name "
                "another directory in store.directory.");
  const auto newest = static_cast<std::int64_t>(schema.steps.size());
  if (version < 0 || version > newest)
    return fail(
        Errc::Unsupported, database.path(),
        fmt::format("A later Backstop wrote it (schema {}; this one knows up to {}), and it "
                    "was left as it is. Install that version again, or move the file away.",
                    version, newest));
  return static_cast<std::size_t>(version);
}

}  // namespace

Result<void> update_schema(Database& database, const Schema& schema) {
  BS_TRY(std::size_t version, read_version(database, schema));
  for (; version < schema.steps.size(); ++version) {
    BS_TRY(Transaction transaction, Transaction::begin(database));
    BS_TRY_VOID(database.run(std::string(schema.steps[version])));
    BS_TRY_VOID(database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                         schema.application_id, version + 1)));
    BS_TRY_VOID(transaction.commit());
  }
  return {};
}

Result<void> check_later_schema(Database& database, const Schema& schema) {
  BS_TRY([[maybe_unused]] const std::size_t version, read_version(database, schema));
  return {};
}

Result<void> check_schema(Database& database, const Schema& schema) {
  BS_TRY(const std::size_t version, read_version(database, schema));
  if (version < schema.steps.size())
    return fail(Errc::Unsupported, database.path(),
                fmt::format("An earlier Backstop wrote it (schema {}; this one reads {}). Start "
                            "backstopd once: it brings the file up to date.",
                            version, schema.steps.size()));
  return {};
}

}  // namespace backstop::store
