#include "edge/mta/service_role.h"

#include <gtest/gtest.h>

namespace backstop::mta {
namespace {

ServiceRole role(const std::string& entry, const std::vector<std::string>& filters = {}) {
  return role_of(parse_services(entry + "\n").at(0), filters);
}

TEST(ServiceRole, PortsAndNamesSayWhoSpeaks) {
  EXPECT_EQ(role("smtp inet n - y - - smtpd"), ServiceRole::Receiving);
  EXPECT_EQ(role("smtpd pass - - y - - smtpd"), ServiceRole::Receiving);
  EXPECT_EQ(role("2525 inet n - y - - smtpd"), ServiceRole::Receiving);
  EXPECT_EQ(role("submission inet n - y - - smtpd"), ServiceRole::Submission);
  EXPECT_EQ(role("192.0.2.1:465 inet n - y - - smtpd"), ServiceRole::Submission);
  EXPECT_EQ(role("[2001:db8::1]:587 inet n - y - - /usr/lib/postfix/sbin/smtpd"),
            ServiceRole::Submission);
  EXPECT_EQ(role("2587 inet n - y - - smtpd -o syslog_name=postfix/submission"),
            ServiceRole::Submission);
  EXPECT_EQ(role("smtp unix - - y - - smtp"), ServiceRole::Other);
  EXPECT_EQ(role("cleanup unix n - y - 0 cleanup"), ServiceRole::Cleanup);
}

TEST(ServiceRole, AFiltersWayBackIsKnownByItsOverrides) {
  EXPECT_EQ(role("127.0.0.1:10025 inet n - y - - smtpd -o content_filter="),
            ServiceRole::Reinjected);
  EXPECT_EQ(role("127.0.0.1:10125 inet n - y - - smtpd -o milter_macro_daemon_name=CANARY "
                 "-o content_filter="),
            ServiceRole::Canary);
  EXPECT_EQ(role("127.0.0.1:10026 inet n - y - - smtpd -o smtpd_proxy_filter="),
            ServiceRole::Reinjected);
  EXPECT_EQ(role("127.0.0.1:10024 inet n - y - - smtpd", {"", "smtp:[127.0.0.1]:10024"}),
            ServiceRole::Reinjected);
  EXPECT_EQ(role("127.0.0.1:2525 inet n - y - - smtpd", {"", "smtp:[127.0.0.1]:10024"}),
            ServiceRole::Receiving);
  // These only leave the filter out; what they take in was seen by nobody.
  EXPECT_EQ(role("smtp inet n - y - - smtpd -o content_filter="), ServiceRole::Receiving);
  EXPECT_EQ(role("submission inet n - y - - smtpd -o content_filter="), ServiceRole::Submission);
}

}  // namespace
}  // namespace backstop::mta
