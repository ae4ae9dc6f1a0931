// Reports in broken forms that programs write, and headers of eight bits.
#include <gtest/gtest.h>

#include <string>

#include "core/reading/reader.h"

namespace backstop::reading {
namespace {

const std::string kHead =
    "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.org>\r\n"
    "To: anna@example.net\r\nSubject: Undelivered Mail Returned to Sender\r\n"
    "MIME-Version: 1.0\r\n";
const std::string kStatus =
    "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; bob@example.com\r\n"
    "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n";

void expect_bob(const std::string& message) {
  const Reading reading = read_message(message);
  EXPECT_EQ(reading.kind, Kind::Bounce);
  ASSERT_EQ(reading.recipients.size(), 1U);
  EXPECT_EQ(reading.recipients[0].address, "bob@example.com");
  EXPECT_EQ(reading.recipients[0].status, "5.1.1");
}

TEST(ReportFormsTest, AReportWhoseBoundaryStandsNowhereIsReadAsText) {
  expect_bob(kHead +
             "Content-Type: multipart/report; report-type=delivery-status; boundary=nowhere\r\n\r\n"
             "--other\r\nContent-Type: text/plain\r\n\r\nYour message was not delivered.\r\n\r\n"
             "--other\r\nContent-Type: message/delivery-status\r\n\r\n" +
             kStatus + "--other--\r\n");
}

TEST(ReportFormsTest, WhatStandsBeforeTheFirstPartIsNoText) {
  const Reading reading =
      read_message(kHead +
                   "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                   "<carol@example.com>: 550 5.1.1 unknown\r\n--b\r\n\r\nHello\r\n--b--\r\n");
  EXPECT_TRUE(reading.recipients.empty());
}

TEST(ReportFormsTest, AStatusPartOfNoTypeIsReadWhenItIsOne) {
  const std::string text =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
      "Your message could not be delivered.\r\n--b\r\n"
      "Content-Type: application/octet-stream; name=details\r\n\r\n";
  expect_bob(kHead + text + kStatus + "--b--\r\n");
  EXPECT_EQ(read_message(kHead + text + "MZ\r\n--b--\r\n").kind, Kind::Ordinary);
  EXPECT_EQ(read_message("From: Bob <bob@example.org>\r\nSubject: your status\r\n" + text +
                         kStatus + "--b--\r\n")
                .kind,
            Kind::Ordinary);
}

TEST(ReportFormsTest, BareBytesOfAHeaderAreReadInTheCharsetOfTheText) {
  // "Возврат письма" and "адрес не существует" in KOI8-R.
  const std::string subject = "\xf7\xcf\xda\xd7\xd2\xc1\xd4 \xd0\xc9\xd3\xd8\xcd\xc1";
  const std::string text =
      "\xc1\xc4\xd2\xc5\xd3 bob@example.com \xce\xc5 "
      "\xd3\xd5\xdd\xc5\xd3\xd4\xd7\xd5\xc5\xd4.\r\n";
  const std::string head =
      "Return-Path: <>\r\nFrom: gate@example.org\r\nTo: anna@example.net\r\n"
      "Subject: " +
      subject + "\r\nMIME-Version: 1.0\r\n";
  const std::string type = "Content-Type: text/plain; charset=koi8-r\r\n\r\n";
  for (const std::string& message :
       {head + type + text, head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" +
                                type + text + "--b--\r\n"}) {
    const Reading reading = read_message(message);
    EXPECT_EQ(reading.subject, "Возврат письма");
    EXPECT_EQ(reading.kind, Kind::Bounce);
  }
}

TEST(ReportFormsTest, BareBytesOfUtf8StayAsTheyAre) {
  EXPECT_EQ(
      read_message("Subject: Größe\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xf7\r\n")
          .subject,
      "Größe");
}

TEST(ReportFormsTest, AnAcknowledgementThatRepeatsABounceIsNone) {
  const Reading reading = read_message(
      "Return-Path: <>\r\nAuto-Submitted: auto-replied\r\nFrom: Support <support@example.org>\r\n"
      "To: anna@example.net\r\nSubject: Ticket 12345: Mail could not be delivered\r\n\r\n"
      "Dear customer,\r\nwe received your request:\r\n"
      "\"my mail to bob@example.com could not be delivered: 550 5.1.1 user unknown.\"\r\n");
  EXPECT_EQ(reading.kind, Kind::TicketAck);
}

}  // namespace
}  // namespace backstop::reading
