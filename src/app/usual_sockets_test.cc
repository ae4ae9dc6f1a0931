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

TEST_F(UsualSockets, OfTheMapsLieBesideThoseOfTheMilter) {
  const auto maps = [this](const config::Config& config) {
    std::vector<std::string> out;
    for (const config::Endpoint& endpoint : map_endpoints(config, root_))
      out.push_back(endpoint.text());
    return out;
  };
  config::Config config;
  EXPECT_THAT(maps(config), IsEmpty());
  std::filesystem::create_directories(root_ + "/run/backstop");
  EXPECT_THAT(maps(config), ElementsAre("unix:/run/backstop/map.sock"));
  for (const char* const text :
       {"unix:/srv/milter.sock", "unix:/srv/other.sock", "inet:127.0.0.1:8891", "systemd"})
    config.milter_listen.push_back(config::parse_endpoint(text).value());
  EXPECT_THAT(maps(config), ElementsAre("unix:/srv/map.sock"));
  config.doors.socketmap.push_back(config::parse_endpoint("inet:127.0.0.1:8892").value());
  EXPECT_THAT(maps(config), ElementsAre("inet:127.0.0.1:8892"));
}

}  // namespace
}  // namespace backstop::app
