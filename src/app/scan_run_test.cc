#include "app/scan_run.h"

#include <gtest/gtest.h>

#include <fstream>

#include "app/scan_csv.h"
#include "app/scan_report.h"
#include "core/base/limits.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

using reading::Kind;

std::string two_digits(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string bounce(int number) {
  const std::string forged = "made.up" + std::to_string(number % 37) + "@shop.test";
  return "Return-Path: <>\nReceived: from mx" + std::to_string(number % 5) +
         ".else.test by mx.shop.test; Sat, " + two_digits(1 + number % 28) +
         " Nov 2026 10:00:00 +0000\nFrom: Mail Delivery System <MAILER-DAEMON@mx" +
         std::to_string(number % 5) + ".else.test>\nTo: " + forged +
         "\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"
         "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;"
         " boundary=\"b\"\n\n--b\n\nUser unknown.\n--b\nContent-Type: message/delivery-status\n\n"
         "Reporting-MTA: dns; mx" +
         std::to_string(number % 5) +
         ".else.test\n\nFinal-Recipient: rfc822; nobody@else.test\nAction: failed\nStatus: 5.1.1\n"
         "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n\n--b\nContent-Type: message/rfc822\n\n"
         "Return-Path: <" +
         forged + ">\nReceived: from bot ([203.0.113." + std::to_string(number % 200) +
         "]) by mx.else.test; Sat, 21 Nov 2026 09:59:00 +0000\nFrom: <" + forged +
         ">\nSubject: cheap\nDate: Sat, 21 Nov 2026 09:58:00 +0000\n\nbuy\n--b--\n";
}

std::string ordinary(int number) {
  return "Received: from home by mx.shop.test; Sat, " + two_digits(1 + number % 28) +
         " Nov 2026 11:00:00 +0000\nFrom: Bob <bob@friends.test>\nTo: anna@shop.test\nSubject: "
         "Lunch " +
         std::to_string(number) + "\n\n" +
         std::string(static_cast<std::size_t>(number % 3000), 'x') + "\n";
}

class ScanRun : public ::testing::Test {
 protected:
  // An mbox of several batches.
  std::string write_mbox(int messages) {
    const std::string path = folder_ / "in.mbox";
    std::ofstream out(path, std::ios::binary);
    for (int i = 0; i < messages; ++i) {
      out << "From " << (i % 3 == 0 ? "MAILER-DAEMON" : "bob@friends.test") << " Sat Nov "
          << two_digits(1 + i % 28) << " 10:00:00 2026\n"
          << (i % 3 == 0 ? bounce(i) : ordinary(i)) << "\n";
    }
    return path;
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  ScanReport scan(std::vector<std::string> paths, unsigned threads = 2,
                  const survey::Truth* truth = nullptr, bool rows = true) {
    rows_.clear();
    ScanJob job{.paths = std::move(paths), .threads = threads};
    job.wishes.truth = truth;
    job.wishes.rows = rows;
    job.on_rows = [this](std::string_view text) { rows_ += text; };
    return {.result = run_scan(job), .paths = job.paths, .checked = truth != nullptr};
  }

  testing::TemporaryDirectory folder_;
  std::string rows_;
};

TEST_F(ScanRun, TheNumberOfThreadsChangesNothing) {
  const std::string path = write_mbox(9000);
  const ScanReport one = scan({path}, 1);
  const std::string json = render_scan_json(one);
  const std::string rows = rows_;
  ASSERT_GT(one.result.totals.bytes, 3 * limits::kMailboxBatchBytes);
  EXPECT_EQ(one.result.totals.messages, 9000U);
  EXPECT_EQ(one.result.totals.kinds[static_cast<std::size_t>(Kind::Bounce)], 3000U);
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 9000);
  for (const unsigned threads : {2U, 7U}) {
    EXPECT_EQ(render_scan_json(scan({path}, threads)), json) << threads;
    EXPECT_EQ(rows_, rows) << threads;
  }
}

TEST_F(ScanRun, RowsCostNothingInTheTotals) {
  const std::string path = write_mbox(500);
  EXPECT_EQ(render_scan_json(scan({path}, 2, nullptr, true)),
            render_scan_json(scan({path}, 2, nullptr, false)));
}

TEST_F(ScanRun, BackscatterIsCountedByDaySourceAddressAndFirstHop) {
  write("a.eml", bounce(1));
  write("b.eml", bounce(1));
  write("c.eml", bounce(2));
  const auto totals = scan({folder_ / "a.eml", folder_ / "b.eml", folder_ / "c.eml"}).result.totals;
  EXPECT_EQ(totals.backscatter(), 3U);
  ASSERT_EQ(totals.forged_addresses.names.size(), 2U);
  EXPECT_EQ(totals.forged_addresses.names[0].name, "made.up1@shop.test");
  EXPECT_EQ(totals.forged_addresses.names[0].n, 2U);
  EXPECT_EQ(totals.sources.names[0].name, "mx1.else.test");
  EXPECT_EQ(totals.bots.names[0].name, "203.0.113.1");
  EXPECT_EQ(totals.days.size(), 2U);
  EXPECT_EQ(totals.reasons.names.size(), 1U);
  // All noise: the list of what is not is there, and empty.
  EXPECT_TRUE(totals.is_mostly_noise());
  EXPECT_TRUE(totals.ordinary.empty());
}

TEST_F(ScanRun, OrdinaryMailIsReadByItsHeaderAlone) {
  write("a.eml", ordinary(7));
  const auto totals = scan({folder_ / "a.eml"}).result.totals;
  EXPECT_EQ(totals.bodies, 0U);
  EXPECT_EQ(totals.backscatter(), 0U);
  ASSERT_EQ(totals.ordinary.size(), 1U);
  EXPECT_EQ(totals.ordinary[0].from, "Bob <bob@friends.test>");
  EXPECT_EQ(totals.ordinary[0].subject, "Lunch 7");
}

TEST_F(ScanRun, WhatCannotBeReadIsCountedAndTheRestIsRead) {
  write("a.eml", bounce(1));
  const ScanReport report = scan({folder_ / "none.eml", folder_ / "a.eml"});
  EXPECT_EQ(report.result.totals.messages, 1U);
  ASSERT_EQ(report.result.totals.unreadable, 1U);
  EXPECT_EQ(report.result.totals.unreadable_places[0].source, folder_ / "none.eml");
}

TEST_F(ScanRun, WhoAsksForAnEndGetsWhatWasReadSoFar) {
  const std::atomic<bool> stop = true;
  ScanJob job{.paths = {write_mbox(300)}, .threads = 3};
  job.stop = &stop;
  const ScanResult result = run_scan(job);
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.totals.messages, 0U);
}

TEST_F(ScanRun, MessagesAreHeldAgainstTheTruth) {
  write("a.eml", bounce(1));
  write("b.eml", bounce(2));
  write("c.eml", ordinary(1));
  write("d.eml", ordinary(2));
  const auto truth = survey::Truth::parse(
      "path\tlabel\na.eml\tbounce-failed\nb.eml\tham\nc.eml\tham\n", "truth", folder_ / "");
  const ScanReport report = scan(
      {folder_ / "a.eml", folder_ / "b.eml", folder_ / "c.eml", folder_ / "d.eml"}, 2, &*truth);
  EXPECT_EQ(report.result.truth.checked(), 3U);
  EXPECT_EQ(report.result.truth.wrong(), 1U);
  EXPECT_EQ(report.result.truth.unknown(), 1U);
  EXPECT_EQ(report.result.truth.wrong_messages()[0].source, folder_ / "b.eml");
  const std::string page = render_truth_page(report.result.truth, {});
  EXPECT_NE(page.find("b.eml: ham, called bounce"), page.npos) << page;
  EXPECT_NE(page.find("1 of 3 messages are wrong"), page.npos) << page;
}

}  // namespace
}  // namespace backstop::app
