// Receipts, complaints and aggregate reports in the shapes their programs send them in, and their
// innocent twins.
#include <gtest/gtest.h>

#include <string>

#include "core/reading/kind.h"
#include "core/reading/reader.h"

namespace backstop::reading {
namespace {

constexpr const char* kOriginal =
    "Content-Type: message/rfc822\r\n\r\n"
    "Received: from a by b; Sat, 3 Jan 2026 10:00:00 +0000\r\nFrom: anna@example.net\r\n"
    "To: carla@example.org\r\nSubject: Hello\r\nMessage-ID: <1@example.net>\r\n\r\nHi\r\n";

// A multipart of the given parts; `type` is its Content-Type without the boundary.
Kind kind_of(const std::string& header, const std::string& type,
             const std::vector<std::string>& parts) {
  std::string message = header +
                        "To: anna@example.net\r\nMIME-Version: 1.0\r\nContent-Type: " + type +
                        "; boundary=b\r\n\r\n";
  for (const std::string& part : parts)
    message += "--b\r\n" + part + "\r\n";
  return read_message(message + "--b--\r\n").kind;
}

Kind kind_of_text(const std::string& header, const std::string& text) {
  return read_message(header +
                      "To: anna@example.net\r\nMIME-Version: 1.0\r\n"
                      "Content-Type: text/plain; charset=utf-8\r\n\r\n" +
                      text)
      .kind;
}

const std::string kWords = "Content-Type: text/plain\r\n\r\nYour message was displayed.\r\n";
const std::string kDisposition =
    "Content-Type: message/disposition-notification\r\n\r\n"
    "Final-Recipient: rfc822; carla@example.org\r\nOriginal-Message-ID: <1@example.net>\r\n"
    "Disposition: manual-action/MDN-sent-manually; displayed\r\n";
const std::string kFeedback =
    "Content-Type: message/feedback-report\r\n\r\n"
    "Feedback-Type: abuse\r\nUser-Agent: Loop/1.0\r\nVersion: 1\r\n";

TEST(KindReportTest, ReceiptsAreToldWithoutTheirReportType) {
  const std::string from = "From: carla@example.org\r\nSubject: Read: Hello\r\n";
  EXPECT_EQ(kind_of(from, "multipart/report; report-type=disposition-notification",
                    {kWords, kDisposition}),
            Kind::ReadReceipt);
  EXPECT_EQ(kind_of(from, "multipart/report", {kWords, kDisposition}), Kind::ReadReceipt);
  EXPECT_EQ(
      kind_of(from + "Auto-Submitted: auto-replied\r\n", "multipart/mixed", {kWords, kDisposition}),
      Kind::ReadReceipt);
  EXPECT_EQ(kind_of("From: carla@example.org\r\nSubject: Gelesen: Hallo\r\n", "multipart/mixed",
                    {kWords, kDisposition}),
            Kind::ReadReceipt);
  EXPECT_EQ(kind_of("From: carla@example.org\r\nSubject: Gelesen: Hallo\r\n",
                    "multipart/report; report-type=disposition-notification",
                    {kWords, "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx"}),
            Kind::ReadReceipt);
}

TEST(KindReportTest, ReceiptsInWordsAloneNeedASecondSign) {
  const std::string text =
      "This is a Return Receipt for the mail that you sent to carla@example.org.\r\n";
  EXPECT_EQ(kind_of_text(
                "From: carla@example.org\r\nSubject: Return Receipt (displayed) - Hello\r\n", text),
            Kind::ReadReceipt);
  EXPECT_EQ(kind_of_text("From: carla@example.org\r\nSubject: Hello\r\n", text), Kind::Ordinary);
  EXPECT_EQ(
      kind_of_text("From: carla@example.org\r\nSubject: Re: Return Receipt (displayed)\r\n", text),
      Kind::Ordinary);
}

TEST(KindReportTest, ComplaintsAreToldInAllTheirForms) {
  const std::string from = "From: feedback@arf.example\r\nSubject: FW: Offer\r\n";
  EXPECT_EQ(kind_of(from, "multipart/report; report-type=feedback-report",
                    {kWords, kFeedback, kOriginal}),
            Kind::FeedbackReport);
  EXPECT_EQ(kind_of(from, "multipart/report", {kWords, kFeedback, kOriginal}),
            Kind::FeedbackReport);
  EXPECT_EQ(kind_of("From: staff@hotmail.example\r\nSubject: complaint about message from 192.0.2.1"
                    "\r\n",
                    "multipart/mixed", {kOriginal}),
            Kind::FeedbackReport);
  EXPECT_EQ(kind_of("From: abuse@example.org\r\nX-XARF: PLAIN\r\nAuto-Submitted: auto-generated\r\n"
                    "Subject: abuse report about 192.0.2.1\r\n",
                    "multipart/mixed", {kWords, "Content-Type: text/yaml\r\n\r\nVersion: 0.2\r\n"}),
            Kind::FeedbackReport);
  EXPECT_EQ(kind_of("From: opendmarc@example.org\r\nSubject: Email Feedback Report for IP 192.0.2.1"
                    "\r\n",
                    "multipart/mixed",
                    {"Content-Type: text/plain\r\n\r\nThis is an email abuse report for an email "
                     "message received from IP 192.0.2.1\r\n",
                     kOriginal}),
            Kind::FeedbackReport);
}

TEST(KindReportTest, PeopleWhoComplainAreOrdinary) {
  EXPECT_EQ(kind_of("From: bob@example.org\r\nSubject: Spam complaint\r\n", "multipart/mixed",
                    {"Content-Type: text/plain\r\n\r\nYou sent me this.\r\n", kOriginal}),
            Kind::Ordinary);
  EXPECT_EQ(kind_of_text("From: bob@example.org\r\nSubject: Re: complaint about message from\r\n",
                         "This is an email abuse report for an email message, it says.\r\n"),
            Kind::Ordinary);
  // A report that somebody forwards as an attachment.
  EXPECT_EQ(kind_of("From: bob@example.org\r\nSubject: What is this?\r\n", "multipart/mixed",
                    {"Content-Type: message/rfc822\r\n\r\nFrom: feedback@arf.example\r\n"
                     "Content-Type: multipart/report; report-type=feedback-report; boundary=c\r\n"
                     "\r\n--c\r\n" +
                     kFeedback + "--c--\r\n"}),
            Kind::Ordinary);
}

TEST(KindReportTest, AggregateReportsAreToldByFileSubjectOrReporter) {
  const std::string standard =
      "From: noreply-dmarc-support@example.com\r\n"
      "Subject: Report domain: example.net Submitter: example.com "
      "Report-ID: 1\r\n";
  const std::string zip =
      "Content-Type: application/zip\r\nContent-Disposition: attachment; "
      "filename=\"example.com!example.net!1767398400!1767484799.zip\"\r\n\r\nPK\r\n";
  const std::string gzip = "Content-Type: application/gzip; name=\"report.xml.gz\"\r\n\r\nx\r\n";
  EXPECT_EQ(kind_of(standard, "multipart/mixed", {kWords, zip}), Kind::AggregateReport);
  EXPECT_EQ(kind_of(standard, "multipart/mixed", {kWords, gzip}), Kind::AggregateReport);
  EXPECT_EQ(kind_of("From: dmarc-reports@example.com\r\nSubject: DMARC aggregate report\r\n",
                    "multipart/mixed", {kWords, gzip}),
            Kind::AggregateReport);
  EXPECT_EQ(kind_of("From: dmarc-reports@example.com\r\nSubject: Weekly\r\n", "multipart/mixed",
                    {kWords, zip}),
            Kind::AggregateReport);
  EXPECT_EQ(kind_of("From: tlsrpt@example.com\r\nSubject: Report Domain: example.net Submitter: "
                    "example.com Report-ID: <1>\r\nTLS-Report-Domain: example.net\r\n",
                    "multipart/mixed", {kWords, gzip}),
            Kind::AggregateReport);
  EXPECT_EQ(
      kind_of("From: a@example.com\r\nSubject: TLS\r\n", "multipart/report; report-type=tlsrpt",
              {kWords, "Content-Type: application/tlsrpt+gzip\r\n\r\nx\r\n"}),
      Kind::AggregateReport);
  EXPECT_EQ(
      read_message("From: a@example.com\r\nSubject: =?utf-8?B?"
                   "UmVwb3J0IERvbWFpbjogZXhhbXBsZS5uZXQgU3VibWl0dGVyOiBleGFtcGxlLmNvbQ==?=\r\n"
                   "MIME-Version: 1.0\r\nContent-Type: application/zip\r\n\r\nPK\r\n")
          .kind,
      Kind::AggregateReport);
}

TEST(KindReportTest, MailWithAFileIsNoAggregateReport) {
  const std::string zip = "Content-Type: application/zip; name=pictures.zip\r\n\r\nPK\r\n";
  EXPECT_EQ(
      kind_of("From: bob@example.org\r\nSubject: Pictures\r\n", "multipart/mixed", {kWords, zip}),
      Kind::Ordinary);
  EXPECT_EQ(kind_of("From: bob@example.org\r\nSubject: DMARC report\r\n", "multipart/mixed",
                    {kWords, zip}),
            Kind::Ordinary);
  EXPECT_EQ(
      kind_of("From: bob@example.org\r\nSubject: Re: Report domain: a.example Submitter: b\r\n",
              "multipart/mixed", {kWords, zip}),
      Kind::Ordinary);
  EXPECT_TRUE(is_aggregate_file_name("example.com!example.net!1767398400!1767484799!001.json.gz"));
}

TEST(KindReportTest, AServiceThatAsksInTheFormOfAReportChallenges) {
  const std::string status =
      "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.org\r\n\r\n"
      "Final-Recipient: rfc822; carla@example.org\r\nAction: delayed\r\nStatus: 4.7.0\r\n";
  const std::string words =
      "Content-Type: text/plain\r\n\r\nYour message about \"Hello\" has been waitlisted.\r\n"
      "Please add yourself to my Boxbe Guest List.\r\n";
  const std::string type = "multipart/report; report-type=delivery-status";
  EXPECT_EQ(kind_of("From: noreply@boxbe.example\r\nSubject: Re: Hello (Action Required)\r\n", type,
                    {words, status}),
            Kind::Challenge);
  EXPECT_EQ(
      kind_of("From: MAILER-DAEMON@example.org\r\nSubject: Delayed\r\n", type, {words, status}),
      Kind::Delay);
}

}  // namespace
}  // namespace backstop::reading
