#include "app/usual_sockets.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>

namespace backstop::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class UsualSockets : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "usual-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  std::vector<std::string> found() const {
    std::vector<std::string> out;
    for (const config::Endpoint& endpoint : usual_endpoints(root_))
      out.push_back(endpoint.text());
    return out;
  }
  std::string root_;
};

TEST_F(UsualSockets, AreNoneWhereNoDirectoryWaits) {
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UsualSockets, LieInTheRuntimeDirectoryAndWherePostfixSeesThem) {
  std::filesystem::create_directories(root_ + "/run/backstop");
  EXPECT_THAT(found(), ElementsAre("unix:/run/backstop/milter.sock"));
  std::filesystem::create_directories(root_ + "/var/spool/postfix/backstop");
  EXPECT_THAT(found(), ElementsAre("unix:/run/backstop/milter.sock",
                                   "unix:/var/spool/postfix/backstop/milter.sock"));
}

}  // namespace
}  // namespace backstop::app
