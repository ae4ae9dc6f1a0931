#include "core/reading/request_marks.h"

#include <gtest/gtest.h>

#include "core/reading/header_signs.h"

namespace backstop::reading {
namespace {

TEST(RequestMarksTest, AddressesOfListManagersCarryTheirTokens) {
  for (const char* list : {
           "announce-sc.1034703413.bkdcpmlpddmlkpjmkbid-anna=example.net@lists.example.org",
           "<announce-uc.1034703413.bkdcpmlpddmlkpjmkbid-anna=example.net@lists.example.org>",
           "board+confsub-388132b1a3c78d92@example.org",
           "board+confunsub-nomail-388132b1a3c78d92@example.org",
           "dev-confirm+4b5f0a77c1d2@lists.example.org",
           "\"Group\" <confirm-s2-RbYzQ6k0pGx-anna=example.net@yahoogroups.example>",
       }) {
    EXPECT_EQ(find_address_marks(list).confirms, ConfirmForm::List) << list;
  }
  EXPECT_EQ(find_address_marks("carla-confirm-1126145707.8550.263eff@mail.example").confirms,
            ConfirmForm::Sender);
  for (const char* other :
       {"", "@", "confirm@shop.example", "order-confirm@shop.example", "confer-2026@example.org",
        "\"confirm-123456\" <anna@example.net>", "list-sc.old@example.org", "conf@a@b"}) {
    EXPECT_EQ(find_address_marks(other).confirms, ConfirmForm::None) << other;
  }
}

TEST(RequestMarksTest, SubjectsCarryTheTokensOfCommands) {
  for (const char* list :
       {"confirm 4761d5654ec3bf0dd7d9ff81478a6fd85559750a",
        "DA13-7367-1050 : CONFIRM from hobby (subscribe)", "AUTH 4f2b8c1d subscribe hobby Anna",
        "Command confirmation request (B4DE0FC4)"}) {
    EXPECT_EQ(confirm_subject_form(list), ConfirmForm::List) << list;
  }
  for (const char* sender : {"Please confirm (conf#0123456789abcdef0123456789abcdef)",
                             "Your email requires verification verify#rytsCps-1755808398"}) {
    EXPECT_EQ(confirm_subject_form(sender), ConfirmForm::Sender) << sender;
  }
  for (const char* other :
       {"", "confirm", "confirm Tuesday", "Re: confirm 4761d5654ec3bf0dd7d9ff81478a6fd85559750a",
        "confirm 4761d5654ec3bf0dd7d9ff81478a6fd85559750a please", "AUTH failed again",
        "Meeting : CONFIRM from Bob", "requires verification verify:"}) {
    EXPECT_EQ(confirm_subject_form(other), ConfirmForm::None) << other;
  }
}

TEST(RequestMarksTest, RolesAndServicesAreWordsOfAddresses) {
  EXPECT_TRUE(find_address_marks("\"MailScanner\" <mailscanner@example.org>").filter);
  EXPECT_TRUE(find_address_marks("quarantine@messaging.example").filter);
  EXPECT_TRUE(find_address_marks("virus-alert@example.org").filter);
  EXPECT_FALSE(find_address_marks("virusupdates@example.org").filter);
  EXPECT_FALSE(find_address_marks("Anna <anna@antivirus.example>").filter);
  EXPECT_TRUE(find_address_marks("<challenge_resp@ipermitmail.example>").challenge);
  EXPECT_TRUE(find_address_marks("noreply@boxbe.example").challenge);
  EXPECT_FALSE(find_address_marks("boxbe@example.org").challenge);
  EXPECT_TRUE(find_address_marks("noreply-dmarc-support@example.com").report);
  EXPECT_FALSE(find_address_marks("Anna <anna@dmarc.example>").report);
}

TEST(RequestMarksTest, MailScannerSaysInOneWordWhatItWroteItself) {
  EXPECT_TRUE(is_scanner_origin("X-ACME-MailScanner", " generated"));
  EXPECT_TRUE(is_scanner_origin("X-mailscanner", "vytvoren"));
  EXPECT_FALSE(is_scanner_origin("X-ACME-MailScanner", " Found to be clean"));
  EXPECT_FALSE(is_scanner_origin("X-ACME-MailScanner-From", "anna@example.net"));
  EXPECT_FALSE(is_scanner_origin("MailScanner", "generated"));
  EXPECT_FALSE(is_scanner_origin("X-ACME-MailScanner", ""));
}

TEST(RequestMarksTest, TheHeaderOfARequestIsFollowed) {
  const auto follows = [](std::string_view name, std::string_view raw) {
    HeaderSigns signs;
    signs.on_field(name, raw);
    return signs.looks_automatic();
  };
  EXPECT_TRUE(follows("Reply-To", "board+confsub-388132b1a3c78d92@example.org"));
  EXPECT_TRUE(follows("Subject", "confirm 4761d5654ec3bf0dd7d9ff81478a6fd85559750a"));
  EXPECT_TRUE(follows("X-Site-MailScanner", "generated"));
  EXPECT_TRUE(follows("X-AskVersion", "2.5.3"));
  EXPECT_TRUE(follows("TLS-Report-Domain", "example.org"));
  EXPECT_TRUE(
      follows("Content-Type", "multipart/mixed;\r\n boundary=\"--InterScan_NT_MIME_Boundary\""));
  EXPECT_FALSE(follows("Reply-To", "anna@example.net"));
  EXPECT_FALSE(follows("Subject", "Please confirm Tuesday"));
  EXPECT_FALSE(follows("X-Site-MailScanner", "Found to be clean"));
}

TEST(RequestMarksTest, RolesOfOfficesAreToldFromPeople) {
  EXPECT_TRUE(is_office_role("info"));
  EXPECT_TRUE(is_office_role("kontakt"));
  EXPECT_FALSE(is_office_role("informal"));
  EXPECT_FALSE(is_office_role("anna"));
}

}  // namespace
}  // namespace backstop::reading
