#include "core/reading/kind.h"

#include <gtest/gtest.h>

namespace backstop::reading {
namespace {

TEST(KindTest, AggregateFilesAreNamedAsTheRfcHasIt) {
  for (const char* good : {"example.net!example.com!1795046400!1795132799.xml.gz",
                           "a.example!b.example!1!2!id.xml", "a.b!c.d!1!2.zip"}) {
    EXPECT_TRUE(is_aggregate_file_name(good)) << good;
  }
  for (const char* bad : {"report.xml.gz", "a.b!c.d!1!2", "a!b!1!2.xml", "a.b!c.d!x!2.xml",
                          "a.b!c.d!1.xml", "", "!!!!"}) {
    EXPECT_FALSE(is_aggregate_file_name(bad)) << bad;
  }
}

TEST(KindTest, SendersAreTakenForWhatTheyCallThemselves) {
  EXPECT_EQ(sender_role(" MAILER-DAEMON@a.example (Mail Delivery System)"),
            SenderRole::DeliveryAgent);
  EXPECT_EQ(sender_role("Mail Delivery Subsystem <x@a.example>"), SenderRole::DeliveryAgent);
  EXPECT_EQ(sender_role(" <>"), SenderRole::DeliveryAgent);
  EXPECT_EQ(sender_role("Postmaster <postmaster@a.example>"), SenderRole::Postmaster);
  EXPECT_EQ(sender_role("Bob <bob@mailer-daemon.example>"), SenderRole::Other);
  EXPECT_EQ(sender_role(""), SenderRole::Other);
}

Findings delivery_report(const std::vector<RecipientReport>& recipients) {
  Findings f;
  f.signs.on_field("Content-Type", "multipart/report");
  f.report_type = "delivery-status";
  f.parts.delivery_status = true;
  f.recipients = &recipients;
  return f;
}

TEST(KindTest, OneFailureMakesADeliveryReportABounce) {
  const std::vector<RecipientReport> failed{{"a", "delivered", "", ""}, {"b", "failed", "", ""}};
  const std::vector<RecipientReport> delayed{{"a", "delivered", "", ""}, {"b", "delayed", "", ""}};
  const std::vector<RecipientReport> reached{{"a", "relayed", "", ""}, {"b", "expanded", "", ""}};
  const std::vector<RecipientReport> by_status{{"a", "", "4.2.2", ""}};
  const std::vector<RecipientReport> none;
  EXPECT_EQ(decide_kind(delivery_report(failed)).kind, Kind::Bounce);
  EXPECT_EQ(decide_kind(delivery_report(delayed)).kind, Kind::Delay);
  EXPECT_EQ(decide_kind(delivery_report(reached)).kind, Kind::DeliveryReport);
  EXPECT_EQ(decide_kind(delivery_report(by_status)).kind, Kind::Delay);
  EXPECT_EQ(decide_kind(delivery_report(none)).kind, Kind::Bounce);
}

TEST(KindTest, WordsAloneMakeNoBounce) {
  const std::vector<RecipientReport> none;
  Findings f;
  f.recipients = &none;
  f.product = Product::Exim;
  f.product_states_outcome = true;
  f.returned = ReturnForm::Full;
  EXPECT_EQ(decide_kind(f).kind, Kind::Ordinary);
  f.envelope_is_daemon = true;
  EXPECT_EQ(decide_kind(f).kind, Kind::Bounce);
}

}  // namespace
}  // namespace backstop::reading
