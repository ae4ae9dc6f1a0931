#include "edge/store/sqlite.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "edge/store/schema.h"
#include "testing/temporary_directory.h"

namespace backstop::store {
namespace {

constexpr std::string_view kStepOne = "CREATE TABLE things(key INTEGER PRIMARY KEY, name TEXT)";
constexpr std::string_view kStepTwo = "ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'grey'";
constexpr std::array kFirst{kStepOne};
constexpr std::array kBoth{kStepOne, kStepTwo};
constexpr std::int32_t kApplication = 0x42537478;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

class Sqlite : public ::testing::Test {
 protected:
  Database make() {
    auto database = Database::open(path_, Access::Create);
    EXPECT_TRUE(database) << database.error().text();
    EXPECT_TRUE(update_schema(*database, {kApplication, kFirst}));
    return std::move(*database);
  }
  const testing::TemporaryDirectory folder_;
  const std::string path_ = folder_ / "things.db";
};

TEST_F(Sqlite, KeepsNumbersTextsAndBlobsAsTheyWereBound) {
  Database database = make();
  Statement insert = database.prepare("INSERT INTO things VALUES(?1, ?2)").value();
  ASSERT_TRUE(insert.bind(1, 7).bind(2, std::string_view("a\0b", 3)).run());
  ASSERT_TRUE(insert.bind(1, 8).bind(2, "").run());
  ASSERT_TRUE(insert.bind(1, 9).bind_null(2).run());
  Statement select = database.prepare("SELECT name FROM things ORDER BY key").value();
  ASSERT_TRUE(select.step().value());
  EXPECT_EQ(select.text(0), std::string_view("a\0b", 3));
  ASSERT_TRUE(select.step().value());
  EXPECT_FALSE(select.is_null(0));
  EXPECT_EQ(select.text(0), "");
  ASSERT_TRUE(select.step().value());
  EXPECT_TRUE(select.is_null(0));
  EXPECT_FALSE(select.step().value());
}

TEST_F(Sqlite, RollsBackWhatWasNotCommitted) {
  Database database = make();
  {
    const Transaction transaction = Transaction::begin(database).value();
    ASSERT_TRUE(database.run("INSERT INTO things VALUES(1, 'x')"));
  }
  EXPECT_FALSE(database.in_transaction());
  EXPECT_EQ(database.read_number("SELECT count(*) FROM things").value(), 0);
}

TEST_F(Sqlite, FilesAreNobodyElses) {
  Database database = make();
  ASSERT_TRUE(database.use_write_ahead_log());
  ASSERT_TRUE(database.run("INSERT INTO things VALUES(1, 'x')"));
  for (const char* const suffix : {"", "-wal", "-shm"}) {
    struct stat found{};
    ASSERT_EQ(stat((path_ + suffix).c_str(), &found), 0) << suffix;
    EXPECT_EQ(found.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST_F(Sqlite, SaysWhichRowIsThereAlready) {
  Database database = make();
  ASSERT_TRUE(database.run("INSERT INTO things VALUES(1, 'x')"));
  EXPECT_EQ(database.run("INSERT INTO things VALUES(1, 'x')").error().code, Errc::Exists);
}

TEST_F(Sqlite, MissingFileAndMissingDirectoryAreNotFound) {
  EXPECT_EQ(Database::open(path_, Access::Read).error().code, Errc::NotFound);
  EXPECT_EQ(Database::open(path_, Access::Write).error().code, Errc::NotFound);
  EXPECT_EQ(Database::open(folder_ / "no/things.db", Access::Create).error().code, Errc::NotFound);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Sqlite, FileThatIsNoDatabaseIsInvalid) {
  std::ofstream(path_) << std::string(8192, 'x');
  const auto database = Database::open(path_, Access::Create);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, Errc::Invalid);
  EXPECT_EQ(database.error().where, path_);
}

TEST_F(Sqlite, TruncatedDatabaseIsInvalid) {
  {
    Database database = make();
    ASSERT_TRUE(
        database.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT "
                     "5000) INSERT INTO things SELECT i, 'name' FROM n"));
  }
  std::filesystem::resize_file(path_, 8192);
  auto database = Database::open(path_, Access::Write);
  const auto count = database ? database->read_number("SELECT count(name) FROM things")
                              : Result<std::int64_t>(tl::unexpected(database.error()));
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, Errc::Invalid);
}

TEST_F(Sqlite, WrongStatementIsOurBug) {
  Database database = make();
  EXPECT_EQ(database.run("SELEKT").error().code, Errc::Internal);
  EXPECT_EQ(database.prepare("SELECT * FROM nothing").error().code, Errc::Internal);
}

TEST_F(Sqlite, WriteThatTheSystemRefusesIsUnavailableAndChangesNothing) {
  Database database = make();
  ASSERT_TRUE(database.use_write_ahead_log());
  const auto earlier = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 100'000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = database.run(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000) "
      "INSERT INTO things SELECT i, 'name' FROM n");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, earlier);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::Unavailable) << written.error().text();
  EXPECT_EQ(database.read_number("SELECT count(*) FROM things").value(), 0);
  EXPECT_TRUE(database.run("INSERT INTO things VALUES(1, 'x')"));
}

TEST_F(Sqlite, ReadOnlyDatabaseIsDenied) {
  {
    Database database = make();
  }
  Database database = Database::open(path_, Access::Read).value();
  EXPECT_EQ(database.run("INSERT INTO things VALUES(1, 'x')").error().code, Errc::Denied);
}

TEST_F(Sqlite, LockOfAnotherIsUnavailable) {
  Database one = make();
  Database other = Database::open(path_, Access::Write).value();
  const Transaction held = Transaction::begin(one).value();
  ASSERT_TRUE(other.run("PRAGMA busy_timeout = 1"));
  EXPECT_EQ(other.run("INSERT INTO things VALUES(1, 'x')").error().code, Errc::Unavailable);
}

TEST_F(Sqlite, SchemaTakesTheStepsThatAreMissing) {
  {
    Database database = make();
    ASSERT_TRUE(database.run("INSERT INTO things VALUES(1, 'x')"));
    EXPECT_EQ(check_schema(database, {kApplication, kBoth}).error().code, Errc::Unsupported);
  }
  Database database = Database::open(path_, Access::Write).value();
  ASSERT_TRUE(update_schema(database, {kApplication, kBoth}));
  EXPECT_EQ(database.read_number("SELECT count(*) FROM things WHERE colour = 'grey'").value(), 1);
  EXPECT_EQ(database.read_number("PRAGMA user_version").value(), 2);
  EXPECT_TRUE(check_schema(database, {kApplication, kBoth}));
}

TEST_F(Sqlite, FileThatIsUpToDateIsNotWritten) {
  {
    Database database = make();
  }
  const std::string before = read_file(path_);
  Database database = Database::open(path_, Access::Write).value();
  ASSERT_TRUE(update_schema(database, {kApplication, kFirst}));
  EXPECT_EQ(read_file(path_), before);
}

TEST_F(Sqlite, FileFromTheFutureIsRefusedAndLeftAlone) {
  {
    Database database = make();
    ASSERT_TRUE(update_schema(database, {kApplication, kBoth}));
  }
  const std::string before = read_file(path_);
  Database database = Database::open(path_, Access::Write).value();
  const auto updated = update_schema(database, {kApplication, kFirst});
  ASSERT_FALSE(updated);
  EXPECT_EQ(updated.error().code, Errc::Unsupported);
  EXPECT_NE(updated.error().detail.find("A later Backstop wrote it (schema 2"), std::string::npos);
  EXPECT_EQ(read_file(path_), before);
}

TEST_F(Sqlite, AnotherProgramsDatabaseIsRefusedAndLeftAlone) {
  {
    Database database = Database::open(path_, Access::Create).value();
    ASSERT_TRUE(database.run("CREATE TABLE bookmarks(url TEXT)"));
  }
  const std::string before = read_file(path_);
  Database database = Database::open(path_, Access::Write).value();
  EXPECT_EQ(update_schema(database, {kApplication, kFirst}).error().code, Errc::Unsupported);
  EXPECT_EQ(read_file(path_), before);
}

TEST_F(Sqlite, StepThatFailsLeavesTheVersionBefore) {
  constexpr std::array kBad{kStepOne, std::string_view("CREATE TABLE more(x); SELEKT")};
  Database database = Database::open(path_, Access::Create).value();
  EXPECT_FALSE(update_schema(database, {kApplication, kBad}));
  EXPECT_EQ(database.read_number("PRAGMA user_version").value(), 1);
  EXPECT_FALSE(database.has_table("more").value());
}

}  // namespace
}  // namespace backstop::store
