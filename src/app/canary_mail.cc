#include "app/canary_mail.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "core/proof/canary_pass.h"
#include "core/proof/token.h"

namespace backstop::app {

std::string render_mail_date(Instant at) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = at.time_since_epoch().count();
  const std::tm utc = fmt::gmtime(seconds);
  return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0000", kDays[utc.tm_wday], utc.tm_mday,
                     kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string render_returned_header(const mail::Address& sender, std::string_view mark,
                                   std::string_view token, Instant now) {
  const std::string date = render_mail_date(now);
  return fmt::format(
      "Return-Path: <{0}>\n"
      "Received: from relay.{1} (relay.{1} [192.0.2.77])\n"
      "\tby mx.{1} with ESMTP id {2}; {3}\n"
      "{4}{5}{6}From: <{0}>\nTo: <nobody@{1}>\nSubject: A trial letter of Backstop\n"
      "Date: {3}\nMessage-ID: <{2}@{7}>\n",
      sender.text(), proof::kCanaryDomain, mark, date, token.empty() ? "" : proof::kTokenField,
      token.empty() ? "" : ": ", token.empty() ? "" : fmt::format("{}\n", token), sender.domain);
}

std::string render_twin(const TwinMail& twin) {
  return fmt::format(
      "{0}: {1}\n"
      "From: Mail Delivery System <MAILER-DAEMON@mx.{2}>\n"
      "To: <{3}>\n"
      "Subject: Undelivered Mail Returned to Sender\n"
      "Date: {4}\n"
      "Message-ID: <{5}>\n"
      "Auto-Submitted: auto-replied\n"
      "MIME-Version: 1.0\n"
      "Content-Type: multipart/report; report-type=delivery-status;\n"
      "\tboundary=\"backstop-canary\"\n"
      "\n"
      "--backstop-canary\n"
      "Content-Type: text/plain; charset=us-ascii\n"
      "\n"
      "Backstop sends itself this bounce to see that the mail server still asks it.\n"
      "If it lies in a mailbox, the server did not: run 'backstop canary' there.\n"
      "\n"
      "--backstop-canary\n"
      "Content-Type: message/delivery-status\n"
      "\n"
      "Reporting-MTA: dns; mx.{2}\n"
      "\n"
      "Final-Recipient: rfc822; nobody@{2}\n"
      "Action: failed\n"
      "Status: 5.1.1\n"
      "\n"
      "--backstop-canary\n"
      "Content-Type: message/rfc822\n"
      "\n"
      "{6}\n"
      "A trial.\n"
      "\n"
      "--backstop-canary--\n",
      proof::kCanaryField, twin.pass, proof::kCanaryDomain, twin.recipient.text(),
      render_mail_date(twin.now), twin.message_id, twin.returned);
}

}  // namespace backstop::app
