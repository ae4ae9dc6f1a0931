// SQLite behind values: a database, a statement and a transaction that close themselves, and its
// result codes as errors in sentences that say what to do.
//
// Error codes, of every function here
//   Errc::Invalid      the file is damaged, or no database
//   Errc::NotFound     the file or its directory is not there
//   Errc::Denied       the file system or its permissions forbid it
//   Errc::Exists       a row of that key is there already
//   Errc::Unavailable  disk full, an I/O error, locked by another for too long, no memory
//   Errc::Internal     a wrong statement: our bug
// `where` is the path of the file.
//
// One thread at a time per Database, its statements included; different ones are independent.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace backstop::store {

// How long a statement waits for another process's lock.  In WAL mode nobody waits for long but
// while a file is recovered.
inline constexpr std::chrono::milliseconds kLockWait{2000};

// A prepared statement.  REQUIRES: its Database outlives it.
class Statement {
 public:
  Statement() = default;

  // Parameters count from 1.  Texts and blobs are copied.
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);

  // True: a row is there to be read.  False: the end was reached, and the statement is reset.  On
  // an error it is reset too.
  Result<bool> step();
  // Steps to the end.  Parameters stay bound.
  Result<void> run();
  // Leaves a row that was not read to the end; a statement left in the middle holds its snapshot.
  void reset();

  // Of the row at hand; columns count from 0.
  std::int64_t number(int column) const;
  // Valid until the next step() or reset().
  std::string_view text(int column) const;
  bool is_null(int column) const;

  explicit operator bool() const { return statement_ != nullptr; }

 private:
  friend class Database;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

enum class Access {
  Read,    // Never changes the database; the file must be there.
  Write,   // The file must be there.
  Create,  // Made, with mode 0600, when it is not there.
};

class Database {
 public:
  // Opens the file, and reads its first page so that what is no database is found here.
  static Result<Database> open(const std::string& path, Access access);

  const std::string& path() const { return path_; }

  // Any number of statements without rows.
  Result<void> run(const std::string& sql);
  Result<Statement> prepare(const std::string& sql);
  // The first column of the first row.  Errors: Errc::NotFound when there is no row, besides.
  Result<std::int64_t> read_number(const std::string& sql);
  Result<bool> has_table(std::string_view name);

  // Write-ahead log, flushed to the disk with every commit.
  Result<void> use_write_ahead_log();
  // All of it as one moment saw it, into a new file of mode 0600, while others write.  Errors,
  // besides: Errc::Unavailable when that file is there and holds something.
  Result<void> copy_to(const std::string& path);
  // True inside a transaction; SQLite ends one by itself after some errors.
  bool in_transaction() const;

 private:
  friend class Deadline;
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  Database(std::string path, sqlite3* database) : path_(std::move(path)), database_(database) {}
  std::string path_;
  std::unique_ptr<sqlite3, Closer> database_;
};

// Breaks off, with Errc::Unavailable, what its database does after a while.  REQUIRES: the Database
// outlives it, and stays where it is.
class Deadline {
 public:
  Deadline(Database& database, std::chrono::milliseconds most);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  bool is_over() const;

 private:
  static int look(void* deadline);
  Database& database_;
  std::chrono::steady_clock::time_point end_;
};

// Rolls back unless commit() succeeded.  REQUIRES: its Database outlives it.
class Transaction {
 public:
  // Takes the write lock at once, so that no later statement finds it taken.
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace backstop::store
