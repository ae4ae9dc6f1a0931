#include "edge/store/sqlite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/assert.h"

namespace backstop::store {
namespace {

// Steps of SQLite's machine between two looks at the clock: some tens of microseconds.
constexpr int kStepsAtOnce = 1000;

// The sentence of a failure to write or read: the system's own word for it is the useful part.
std::string system_words(sqlite3* database, int code) {
  const int error = sqlite3_system_errno(database);
  if (error != 0) return std::strerror(error);
  return sqlite3_errstr(code);
}

Error error_of(sqlite3* database, const std::string& path, int code) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
      return {Errc::Invalid, path,
              fmt::format("The database is damaged ({}).", sqlite3_errmsg(database))};
    case SQLITE_NOTADB:
      return {Errc::Invalid, path, "It is no SQLite database."};
    case SQLITE_FULL:
      return {Errc::Unavailable, path, "The disk is full: make room on its file system."};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Errc::Denied, path,
              fmt::format("It cannot be written ({}): see that its file system is not mounted "
                          "read-only and that it belongs to the user backstopd runs as.",
                          sqlite3_errmsg(database))};
    case SQLITE_CANTOPEN: {
      const int error = sqlite3_system_errno(database);
      if (error == ENOENT) return {Errc::NotFound, path, "There is no such file or directory."};
      if (error == EACCES || error == EPERM || error == EROFS)
        return {Errc::Denied, path,
                fmt::format("It cannot be opened ({}): see who owns it and its directory, and that "
                            "the file system is not mounted read-only.",
                            std::strerror(error))};
      return {Errc::Unavailable, path,
              fmt::format("It cannot be opened: {}.", system_words(database, code))};
    }
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::Unavailable, path, "Another program holds it locked."};
    case SQLITE_IOERR:
      return {Errc::Unavailable, path,
              fmt::format("It cannot be read or written ({}): see the disk and its quota.",
                          system_words(database, code))};
    case SQLITE_NOMEM:
      return {Errc::Unavailable, path, "There is no memory left."};
    case SQLITE_INTERRUPT:
      return {Errc::Unavailable, path, "The question was broken off."};
    case SQLITE_CONSTRAINT:
      return {Errc::Exists, path, sqlite3_errmsg(database)};
    default:
      return {Errc::Internal, path,
              fmt::format("SQLite says: {} ({}).", sqlite3_errmsg(database), code)};
  }
}

tl::unexpected<Error> fail_code(sqlite3* database, const std::string& path, int code) {
  return tl::unexpected<Error>(error_of(database, path, code));
}

std::string path_of(sqlite3* database) {
  const char* const name = sqlite3_db_filename(database, "main");
  return name == nullptr ? "" : name;
}

// SQLite makes files as the umask has it; these are nobody else's, and -wal and -shm take over the
// mode of the file.  One that is there is not opened here: closing it would drop the locks of every
// connection that this process has to it.
Result<void> make_private_file(const std::string& path) {
  const int file =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file >= 0) {
    ::close(file);
    return {};
  }
  const int error = errno;
  if (error == EEXIST) return {};
  if (error == ENOENT) return fail(Errc::NotFound, path, "Its directory is not there.");
  if (error == EACCES || error == EPERM || error == EROFS)
    return fail(Errc::Denied, path,
                fmt::format("It cannot be made ({}): see who owns its directory, and that the file "
                            "system is not mounted read-only.",
                            std::strerror(error)));
  return fail(Errc::Unavailable, path, fmt::format("It cannot be made: {}.", std::strerror(error)));
}

}  // namespace

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement& Statement::bind(int index, std::int64_t value) {
  BS_ASSERT(sqlite3_bind_int64(statement_.get(), index, value) == SQLITE_OK);
  return *this;
}
Statement& Statement::bind(int index, std::string_view text) {
  BS_ASSERT(sqlite3_bind_text64(statement_.get(), index, text.data() == nullptr ? "" : text.data(),
                                text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}
Statement& Statement::bind_blob(int index, std::string_view bytes) {
  BS_ASSERT(sqlite3_bind_blob64(statement_.get(), index,
                                bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                                SQLITE_TRANSIENT) == SQLITE_OK);
  return *this;
}
Statement& Statement::bind_null(int index) {
  BS_ASSERT(sqlite3_bind_null(statement_.get(), index) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  Error error = error_of(database, path_of(database), sqlite3_extended_errcode(database));
  sqlite3_reset(statement_.get());
  return tl::unexpected<Error>(std::move(error));
}

Result<void> Statement::run() {
  for (;;) {
    BS_TRY(const bool row, step());
    if (!row) return {};
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
std::string_view Statement::text(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes), size);
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Closer::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::string& path, Access access) {
  if (access == Access::Create) BS_TRY_VOID(make_private_file(path));
  sqlite3* raw = nullptr;
  const int flags = (access == Access::Read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database database(path, raw);
  if (raw == nullptr) return fail(Errc::Unavailable, path, "There is no memory left.");
  if (code != SQLITE_OK) return fail_code(raw, path, code);
  if (access != Access::Read && sqlite3_db_readonly(raw, "main") == 1)
    return fail(Errc::Denied, path,
                "It cannot be written: see who owns it, and that its file system is not mounted "
                "read-only.");
  sqlite3_busy_timeout(raw, static_cast<int>(kLockWait.count()));
  // A file that was made to run code by its schema runs none.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  BS_TRY([[maybe_unused]] const auto tables,
         database.read_number("SELECT count(*) FROM sqlite_schema"));
  return database;
}

Result<void> Database::run(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail_code(database_.get(), path_, code);
  return {};
}

Result<Statement> Database::prepare(const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v3(database_.get(), sql.c_str(), static_cast<int>(sql.size() + 1),
                         SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return fail_code(database_.get(), path_, code);
  return Statement(raw);
}

Result<std::int64_t> Database::read_number(const std::string& sql) {
  BS_TRY(Statement statement, prepare(sql));
  BS_TRY(const bool row, statement.step());
  if (!row) return fail(Errc::NotFound, path_, "There is no such row.");
  return statement.number(0);
}

Result<bool> Database::has_table(std::string_view name) {
  BS_TRY(Statement statement,
         prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1"));
  BS_TRY([[maybe_unused]] const bool row, statement.bind(1, name).step());
  return statement.number(0) != 0;
}

Result<void> Database::use_write_ahead_log() {
  BS_TRY(Statement statement, prepare("PRAGMA journal_mode = WAL"));
  BS_TRY([[maybe_unused]] const bool row, statement.step());
  if (statement.text(0) != "wal")
    return fail(Errc::Unavailable, path_,
                "It cannot have a write-ahead log: its file system must be a local one.");
  statement.reset();
  return run("PRAGMA synchronous = FULL");
}

Result<void> Database::copy_to(const std::string& path) {
  BS_TRY_VOID(make_private_file(path));
  BS_TRY(Statement statement, prepare("VACUUM INTO ?1"));
  statement.bind(1, path);
  return statement.run();
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(database_.get()) == 0;
}

Deadline::Deadline(Database& database, std::chrono::milliseconds most)
    : database_(database), end_(std::chrono::steady_clock::now() + most) {
  sqlite3_progress_handler(database_.database_.get(), kStepsAtOnce, &Deadline::look, this);
}
Deadline::~Deadline() {
  sqlite3_progress_handler(database_.database_.get(), 0, nullptr, nullptr);
}
int Deadline::look(void* deadline) {
  return static_cast<const Deadline*>(deadline)->is_over() ? 1 : 0;
}
bool Deadline::is_over() const {
  return std::chrono::steady_clock::now() >= end_;
}

Result<Transaction> Transaction::begin(Database& database) {
  BS_TRY_VOID(database.run("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ != nullptr && database_->in_transaction()) {
    // Nothing can be done about a failure: the journal is rolled back by whoever opens the file.
    static_cast<void>(database_->run("ROLLBACK"));
  }
}

Result<void> Transaction::commit() {
  BS_TRY_VOID(database_->run("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace backstop::store
