#include "core/reading/header_signs.h"

#include <gtest/gtest.h>

namespace backstop::reading {
namespace {

struct Case {
  const char* name;
  const char* raw;
  bool automatic;
};

TEST(HeaderSignsTest, FieldsOfAutomaticMailAreTold) {
  const Case cases[] = {
      {"Auto-Submitted", " auto-replied", true},
      {"AUTO-SUBMITTED", " Auto-Generated (cron)", true},
      {"Auto-Submitted", " no", false},
      {"Auto-Submitted", "no (really)", false},
      {"Content-Type", " multipart/report; report-type=delivery-status", true},
      {"Content-Type", " Multipart/Report;\r\n\tboundary=x", true},
      {"Content-Type", " multipart/related", false},
      {"Content-Type", " multipart/reported; boundary=x", false},
      {"X-Failed-Recipients", " bob@example.net", true},
      {"X-Autoreply", " yes", true},
      {"X-AutoReply", " no", false},
      {"X-Autorespond", " Re: hello", true},
      {"Precedence", " auto_reply", true},
      {"Precedence", " bulk", false},
      {"Precedence", " list", false},
      {"X-Auto-Response-Suppress", " All", false},
      {"List-Id", " <users.example.org>", false},
      {"Return-Path", " <>", true},
      {"Return-Path", " < >", true},
      {"Return-Path", " <bob@example.net>", false},
      {"From", " MAILER-DAEMON@mx.example.org (Mail Delivery System)", true},
      {"From", " Mail Delivery Subsystem <mailer-daemon@example.org>", true},
      {"From", " MAILER-DAEMON (Mail Delivery System)", true},
      {"From", " Mail Delivery Subsystem <MAILER-DAEMON>", true},
      {"From", " Mailer-Daemon Fan <fan@example.org>", false},
      {"From", " no-mailer-daemon@example.org", false},
      {"From", " \"about mailer-daemon@\" <x@mailer-daemon.example>", true},
      {"From", " postmaster@example.org", false},
      {"", "", false},
  };
  for (const Case& c : cases) {
    HeaderSigns signs;
    signs.on_field(c.name, c.raw);
    EXPECT_EQ(signs.looks_automatic(), c.automatic) << c.name << ":" << c.raw;
  }
}

TEST(HeaderSignsTest, FieldsOfOrdinaryMailAreNoSign) {
  HeaderSigns signs;
  for (const char* name :
       {"Received", "DKIM-Signature", "Date", "Subject", "To", "Cc", "Message-ID", "MIME-Version",
        "References", "In-Reply-To", "X-Mailer", "User-Agent", "List-Unsubscribe",
        "Authentication-Results", "X-Priority", "Sender"}) {
    signs.on_field(name, " whatever mailer-daemon@ auto_reply multipart/report <>");
  }
  EXPECT_FALSE(signs.looks_automatic());
}

}  // namespace
}  // namespace backstop::reading
