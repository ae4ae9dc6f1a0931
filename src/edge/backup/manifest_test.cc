#include "edge/backup/manifest.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace backstop::backup {
namespace {

Manifest example() {
  Manifest manifest;
  manifest.created = Instant{Seconds{1'764'000'000}};
  manifest.host = "mx";
  manifest.version = "0.1.0";
  manifest.files = {
      {.name = "keys/ring", .mode = 0600, .bytes = 7, .digest = crypto::sha256("content")},
      {.name = "store/ledger.db", .mode = 0640, .bytes = 0, .digest = crypto::sha256("")},
      {.name = "config/backstop.toml", .mode = 0644, .bytes = 9, .digest = crypto::sha256("x")}};
  return manifest;
}

TEST(Manifest, IsTheSameAgainFromItsText) {
  const auto parsed = parse_manifest(render_manifest(example()));
  ASSERT_TRUE(parsed) << parsed.error().text();
  EXPECT_EQ(*parsed, example());
  EXPECT_EQ(parsed->bytes(), 16U);
  EXPECT_TRUE(parsed->has_folder(kKeysFolder));
}

TEST(Manifest, TakesNoNameThatLeadsElsewhere) {
  for (const char* name : {"keys/ring", "store/a-b_c.1", "config/backstop.toml"})
    EXPECT_TRUE(is_backup_name(name)) << name;
  for (const char* name :
       {"", "keys/", "keys", "/etc/passwd", "../x", "keys/../x", "keys/..", "keys/.x", "keys/a/b",
        "config/other", "store/a b", "store/a\n", "other/x"})
    EXPECT_FALSE(is_backup_name(name)) << name;
}

TEST(Manifest, SaysWhichLineIsWrong) {
  const std::string good = render_manifest(example());
  const std::string digest = render_digest(crypto::sha256(""));
  const auto error = [](const std::string& text) {
    const auto parsed = parse_manifest(text);
    return parsed ? std::string("taken") : parsed.error().where;
  };
  EXPECT_EQ(error(""), "manifest:1");
  EXPECT_EQ(error("something else\n"), "manifest:1");
  EXPECT_EQ(error("backstop-backup 1\n"), "manifest:1");
  EXPECT_EQ(error(good + "file keys/ring 0600 7 " + digest + "\n"), "manifest:8");
  EXPECT_EQ(error(good + "file ../x 0600 7 " + digest + "\n"), "manifest:8");
  EXPECT_EQ(error(good + "file keys/x 4755 7 " + digest + "\n"), "manifest:8");
  EXPECT_EQ(error(good + "file keys/x 0600 99999999999999999999 " + digest + "\n"), "manifest:8");
  EXPECT_EQ(error(good + "file keys/x 0600 -1 " + digest + "\n"), "manifest:8");
  EXPECT_EQ(error(good + "file keys/x 0600 7 abc\n"), "manifest:8");
  EXPECT_EQ(error(good.substr(0, good.size() - 1)), "manifest:7");
  const auto newer = parse_manifest("backstop-backup 2\n");
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, Errc::Unsupported);
}

}  // namespace
}  // namespace backstop::backup
