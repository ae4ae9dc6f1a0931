#include "edge/mta/postfix_canary.h"

#include <gtest/gtest.h>

namespace backstop::mta {
namespace {

constexpr std::string_view kMaster =
    "smtp inet n - y - - smtpd\n"
    "  -o smtpd_client_connection_count_limit=9\n"
    "submission inet n - y - - smtpd\n"
    "  -o syslog_name=postfix/submission\n";
const CanaryService kService{.listener = "127.0.0.1:10125",
                             .recipients = "/etc/postfix/backstop_canary"};

std::string with_canary(std::string_view master) {
  return with_canary_service(master, *find_public_service(parse_services(master)), kService);
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(PostfixCanary, DoesWhatThePublicServiceDoesAndTrustsNobody) {
  const std::string master = with_canary(kMaster);
  const auto services = parse_services(master);
  ASSERT_EQ(services.size(), 3U);
  EXPECT_EQ(services[2].name, kService.listener);
  EXPECT_EQ(services[2].chroot, "y");
  EXPECT_EQ(services[2].find("mynetworks"), "");
  EXPECT_EQ(services[2].find("smtpd_client_connection_count_limit"), "9");
  EXPECT_EQ(services[2].find("canonical_maps"), "regexp:/etc/postfix/backstop_canary");
  EXPECT_EQ(without_canary_service(master), kMaster);
}

TEST(PostfixCanary, SeesWhenStrangersMeetOtherRulesThanIt) {
  const std::string master = with_canary(kMaster);
  EXPECT_TRUE(find_canary_drift(master).empty());
  const auto drift = find_canary_drift(replaced(master, "connection_count_limit=9\n",
                                                "connection_count_limit=9\n  -o smtpd_milters=\n"));
  ASSERT_EQ(drift.size(), 1U);
  EXPECT_EQ(drift.front(), "smtpd_milters: as main.cf has it here, \"\" for strangers");
  EXPECT_EQ(find_canary_drift(replaced(master, "count_limit=9", "count_limit=8")).size(), 1U);
  EXPECT_EQ(find_canary_drift(replaced(master, "n - y", "n - n")).size(), 1U);
  EXPECT_EQ(find_canary_drift(replaced(master, "smtp inet", "#smtp inet")).size(), 1U);
}

TEST(PostfixCanary, SaysNothingOfDriftWhereItIsNotSetUp) {
  EXPECT_TRUE(find_canary_drift(kMaster).empty());
  EXPECT_TRUE(find_canary_drift("").empty());
}

TEST(PostfixCanary, KnowsNobodysMailboxWithAndWithoutASubAddress) {
  const std::string table = render_canary_recipients();
  EXPECT_NE(table.find("/^backstop-canary([^a-z0-9@][^@]*)?@/ backstop-canary\n"),
            std::string::npos);
}

}  // namespace
}  // namespace backstop::mta
