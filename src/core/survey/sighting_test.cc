#include "core/survey/sighting.h"

#include <gtest/gtest.h>

namespace backstop::survey {
namespace {

using reading::Kind;
using reading::Reading;

mail::Address address(const char* text) {
  return mail::parse_path(text).value();
}

Sighting sighting(const Reading& reading, std::string_view header,
                  std::string_view from_line = {}) {
  return make_sighting(reading, find_head(header), from_line);
}

TEST(Sighting, TheReturnPathOfTheOriginalWasForged) {
  Reading reading;
  reading.kind = Kind::Bounce;
  reading.returned.return_path = address("Made.Up@Shop.TEST");
  reading.returned.from = address("else@shop.test");
  EXPECT_EQ(sighting(reading, "To: third@shop.test\n\n").forged_address, "made.up@shop.test");
}

TEST(Sighting, WithoutReturnPathItsFromWasForged) {
  Reading reading;
  reading.kind = Kind::Bounce;
  reading.returned.from = address("made.up@shop.test");
  EXPECT_EQ(sighting(reading, "To: owner@shop.test\n\n").forged_address, "made.up@shop.test");
  EXPECT_EQ(sighting(reading, "To: Postmaster\n\n").forged_address, "made.up@shop.test");
  EXPECT_EQ(sighting(reading, "\n").forged_address, "made.up@shop.test");
  reading.returned.return_path = mail::Address{};
  EXPECT_EQ(sighting(reading, "To: postmaster@else.test\n\n").forged_address, "made.up@shop.test");
}

TEST(Sighting, ANoticeToAnotherDomainTellsOfAForgedEnvelope) {
  Reading reading;
  reading.kind = Kind::Bounce;
  reading.returned.from = address("bank@bank.test");
  EXPECT_EQ(sighting(reading, "To: <xk27@shop.test>\n\n").forged_address, "xk27@shop.test");
  reading.returned.from.reset();
  EXPECT_EQ(sighting(reading, "To: XK27@shop.test\n\n").forged_address, "xk27@shop.test");
  EXPECT_EQ(sighting(reading, "\n").forged_address, "");
}

TEST(Sighting, TheSourceIsTheReportingServerElseADomain) {
  Reading reading;
  reading.kind = Kind::AutoReply;
  const char* const header = "From: \"Bob\" <bob@Else.test>\n\n";
  EXPECT_EQ(sighting(reading, header, "carl@third.test Sat Nov 21 23:59:59 2026").source,
            "else.test");
  EXPECT_EQ(sighting(reading, "\n", "carl@third.test Sat Nov 21 23:59:59 2026").source,
            "third.test");
  reading.reporting_mta = "MX.else.test";
  EXPECT_EQ(sighting(reading, header).source, "mx.else.test");
}

TEST(Sighting, AFirstHopOfAPrivateNetworkIsNoBot) {
  Reading reading;
  reading.kind = Kind::Bounce;
  reading.returned.received_first_ip = IpAddress::parse("192.168.1.2");
  EXPECT_FALSE(sighting(reading, "\n").bot);
  reading.returned.received_first_ip = IpAddress::parse("203.0.113.2");
  EXPECT_TRUE(sighting(reading, "\n").bot);
}

TEST(Sighting, OnlyFailuresHaveAReason) {
  Reading reading;
  reading.kind = Kind::Bounce;
  EXPECT_EQ(sighting(reading, "\n").reason, reading::FailureReason::Unknown);
  reading.recipients.push_back({});
  reading.recipients.back().reason = reading::FailureReason::MailboxFull;
  EXPECT_EQ(sighting(reading, "\n").reason, reading::FailureReason::MailboxFull);
  reading.kind = Kind::ReadReceipt;
  EXPECT_FALSE(sighting(reading, "\n").reason);
}

}  // namespace
}  // namespace backstop::survey
