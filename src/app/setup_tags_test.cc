#include "app/setup_tags.h"

#include <gtest/gtest.h>

#include <fstream>

#include "app/last_tag.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

const Instant kNow = *parse_instant("2026-11-21T12:00:00Z");

class ForgetTags : public ::testing::Test {
 protected:
  void configure(const std::string& text) { std::ofstream(path_) << text; }
  void configure_store(const std::string& more = "") {
    configure("[store]\ndirectory = \"" + store_.path() + "\"\n" + more);
  }
  void tagged(Instant at) {
    std::ofstream(store_ / std::string(kLastTagFile)) << render_instant(at) << "\n";
  }
  // "" when they may be forgotten.
  std::string why(Instant now = kNow) const {
    const auto may = may_forget_tags(path_, "/", now);
    return may ? "" : may.error().text();
  }

  ::backstop::testing::TemporaryDirectory folder_;
  ::backstop::testing::TemporaryDirectory store_;
  std::string path_ = folder_ / "backstop.toml";
};

TEST_F(ForgetTags, MayWhereNoneIsAwaited) {
  configure_store();
  EXPECT_EQ(why(), "");
  tagged(kNow - Days(400));
  EXPECT_EQ(why(), "");
}

TEST_F(ForgetTags, MayNotWhileAnswersMayCome) {
  configure_store();
  tagged(kNow - Days(399));
  EXPECT_NE(why().find("may come until 2026-11-22"), std::string::npos) << why();
  configure_store("[domains.\"shop.test\"]\ntag = \"prvs\"\n");
  EXPECT_NE(why(kNow + Days(900)).find("still gives tags"), std::string::npos);
}

TEST_F(ForgetTags, MayNotWhereNobodyCanTell) {
  EXPECT_NE(why().find("cannot be read"), std::string::npos) << "there is none";
  configure("[store\n");
  EXPECT_NE(why().find("cannot be read"), std::string::npos);
  EXPECT_NE(why().find("--force"), std::string::npos) << why();
  configure("[store]\ndirectory = \"\"\n");
  EXPECT_NE(why().find("store.directory is empty"), std::string::npos) << why();
  configure_store();
  std::ofstream(store_ / std::string(kLastTagFile)) << "yesterday\n";
  EXPECT_NE(why(), "");
}

}  // namespace
}  // namespace backstop::app
