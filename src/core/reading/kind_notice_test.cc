// Notices of virus scanners and content filters, per product and language, and their innocent
// twins.
#include <gtest/gtest.h>

#include <string>

#include "core/reading/kind_sample.h"
#include "core/reading/reader.h"

namespace backstop::reading {
namespace {

struct Notice {
  const char* name;
  Kind kind;
  const char* header;  // Beside To, Date and the MIME fields.
  const char* text;
};

template <std::size_t N>
void expect_all(const Notice (&notices)[N]) {
  for (const Notice& notice : notices)
    expect_kind(notice.kind, {notice.name, notice.header, notice.text});
}

TEST(KindNoticeTest, ProductsThatFilterMailAreTold) {
  expect_all(
      {{"amavisd-new, virus", Kind::VirusNotice,
        "Return-Path: <>\r\nFrom: \"Content-filter at mx\" <postmaster@mx.example.org>\r\n"
        "Subject: VIRUS (Eicar-Test-Signature) IN MAIL FROM YOU\r\n",
        "VIRUS ALERT\r\n\r\nOur content checker found\r\n    virus: Eicar-Test-Signature\r\n\r\n"
        "in your email to the following recipient:\r\nPlease check your system for viruses.\r\n"},
       {"amavisd-new, banned", Kind::ContentNotice,
        "From: \"Content-filter at mx\" <postmaster@mx.example.org>\r\n"
        "Subject: BANNED contents from you (.exe)\r\n",
        "BANNED CONTENTS ALERT\r\n\r\nOur content checker found\r\n    banned name: .exe\r\n"},
       {"MailScanner", Kind::VirusNotice,
        "Return-Path: <>\r\nFrom: \"MailScanner\" <postmaster@example.org>\r\n"
        "Subject: Warning: E-mail viruses detected\r\nX-Site-MailScanner: generated\r\n",
        "Our virus detector has just been triggered by a message you sent:-\r\n"},
       {"MailScanner in a language without phrases", Kind::VirusNotice,
        "Return-Path: <>\r\nFrom: \"MailScanner\" <postmaster@example.org>\r\n"
        "Subject: Rhybudd\r\nX-Site-MailScanner: cynhyrchwyd\r\n",
        "Mae neges a anfonasoch newydd roi ein canfyddwr firysau ar waith.\r\n"},
       {"MailScanner, spam", Kind::ContentNotice,
        "Return-Path: <>\r\nFrom: \"MailScanner\" <postmaster@example.org>\r\n"
        "Subject: {Bounce} Unsolicited commercial email rejected\r\n"
        "X-Site-MailScanner: generated\r\n",
        "Our UCE (spam) detectors have been triggered by a message you sent:-\r\n"},
       {"qmail-scanner", Kind::VirusNotice,
        "From: \"System Anti-Virus Administrator\" <root@example.org>\r\n"
        "Subject: virus found in sent message \"Hello\"\r\n",
        "Attention: anna@example.net\r\n\r\nA virus was found in an Email message you sent.\r\n"
        "This Email scanner intercepted it and stopped the entire message\r\n"
        "reaching its destination.\r\n"},
       {"ClamAV milter", Kind::VirusNotice,
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@example.org\r\nSubject: Virus intercepted\r\n",
        "A message you sent to\r\n\t<carla@example.org>\r\ncontained Eicar and has not been"
        " delivered.\r\n"},
       {"ScanMail", Kind::VirusNotice,
        "From: System Attendant <mx-sa@example.org>\r\n"
        "Subject: ScanMail Message: To Sender, virus found and action taken.\r\n",
        "ScanMail for Microsoft Exchange has detected virus-infected attachment(s).\r\n"},
       {"eManager", Kind::ContentNotice,
        "From: administrator@example.org\r\nAuto-Submitted: auto-generated\r\n"
        "Subject: [MailServer Notification]Attachment Blocking Notification\r\n",
        "eManager Notification *****\r\nThe following mail was blocked since it contains"
        " sensitive content.\r\n"},
       {"Norton AntiVirus", Kind::VirusNotice,
        "From: NAV for Microsoft Exchange-MX1 <nav@example.org>\r\n"
        "Subject: Norton AntiVirus detected and quarantined a virus in a message you sent.\r\n",
        "Recipient of the infected attachment:  Carla\r\n"},
       {"Antigen", Kind::VirusNotice,
        "From: ANTIGEN_MX1 <antigen@example.org>\r\nSubject: Antigen found VIRUS= Worm/Sobig\r\n",
        "Antigen for Exchange found document.pif infected with Worm/Sobig.\r\n"},
       {"GroupShield", Kind::VirusNotice,
        "From: GroupShield for Exchange <gs@example.org>\r\nSubject: McAfee GroupShield Alert\r\n",
        "Action taken by GroupShield: the attachment is infected with W32/Klez.\r\n"},
       {"MAILsweeper", Kind::VirusNotice,
        "From: mailsweeper@example.org\r\nSubject: Virus Found in message \"Hello\"\r\n",
        "MAILsweeper has found that a message you sent has one or more virus attachments.\r\n"},
       {"MailMarshal", Kind::ContentNotice,
        "From: MailMarshal <mailmarshal@example.org>\r\n"
        "Subject: MailMarshal has detected possible spam in your message\r\n",
        "The following email message was blocked by MailMarshal:\r\n"},
       {"BitDefender", Kind::VirusNotice,
        "From: noreply-BitDefender Antivirus <noreply@example.org>\r\n"
        "X-Mailer: BitDefender VShield\r\n"
        "Subject: BitDefender Antivirus found an infected message\r\n",
        "BitDefender Antivirus detected and blocked an infected message addressed to you\r\n"},
       {"Barracuda", Kind::ContentNotice,
        "From: postmaster@fw.example.org\r\nReturn-Path: <>\r\n"
        "Subject: **Message you sent blocked by our bulk email filter**\r\n",
        "An attachment in that mail was of a file type that the Spam Firewall is set to "
        "block.\r\n"},
       {"IronPort", Kind::ContentNotice,
        "From: IronPort Spam Quarantine <quarantine@example.org>\r\n"
        "Subject: Spam Quarantine Notification\r\n",
        "The message(s) below have been blocked by your administrator as suspected spam.\r\n"},
       {"Proofpoint", Kind::ContentNotice,
        "From: Proofpoint Protection <quarantine@example.org>\r\n"
        "Subject: End User Digest: 3 New Messages\r\n",
        "The emails listed in the section below have been placed in your personal Quarantine.\r\n"},
       {"Microsoft 365", Kind::ContentNotice,
        "From: quarantine@messaging.example\r\n"
        "Subject: Microsoft 365 security: You have messages in quarantine\r\n",
        "Review These Messages\r\n2 messages are being held for you to review.\r\n"},
       {"Sympa", Kind::VirusNotice,
        "From: sympa@example.org\r\nAuto-Submitted: auto-replied\r\n"
        "Subject: A virus in your email\r\n",
        "Our viruschecker found a virus named Eicar in a message addressed to hobby.\r\n"}});
}

TEST(KindNoticeTest, NoticesOfUnknownProductsAreToldInEveryLanguage) {
  expect_all(
      {{"de", Kind::VirusNotice,
        "From: Virenscanner <virus@example.org>\r\nSubject: Virus in Ihrer Nachricht\r\n",
        "In Ihrer Nachricht wurde ein Virus entdeckt: Eicar.\r\n"},
       {"fr", Kind::VirusNotice, "From: Anti-Virus <av@example.org>\r\nSubject: Alerte virus\r\n",
        "Un virus a été détecté dans votre message.\r\n"},
       {"es", Kind::VirusNotice,
        "From: Antivirus <antivirus@example.org>\r\nSubject: Virus detectado\r\n",
        "Se ha detectado un virus en su mensaje.\r\n"},
       {"it", Kind::VirusNotice,
        "From: AntiVirus <av@example.org>\r\nSubject: Virus rilevato nel messaggio\r\n",
        "Nel messaggio è stato rilevato un virus.\r\n"},
       {"pt", Kind::VirusNotice,
        "From: Antivirus <av@example.org>\r\nSubject: Vírus encontrado\r\n",
        "Um vírus foi encontrado na sua mensagem.\r\n"},
       {"nl", Kind::VirusNotice,
        "From: Virus Scanner <av@example.org>\r\nSubject: Virus gevonden in uw bericht\r\n",
        "Uw bericht bevat een virus.\r\n"},
       {"ru", Kind::VirusNotice,
        "From: Anti-Virus <av@example.org>\r\nSubject: Обнаружен вирус\r\n",
        "В вашем письме обнаружен вирус Eicar.\r\n"},
       {"ja", Kind::VirusNotice,
        "From: Virus Scanner <av@example.org>\r\nSubject: ウイルス検出のお知らせ\r\n",
        "お送りいただいたメールからウイルスが検出されました。\r\n"},
       {"zh", Kind::VirusNotice, "From: Anti-Virus <av@example.org>\r\nSubject: 发现病毒\r\n",
        "您的邮件含有病毒。\r\n"},
       {"de, quarantine", Kind::ContentNotice,
        "From: Spam Quarantine <quarantine@example.org>\r\nSubject: Quarantäne-Bericht\r\n",
        "Diese Nachrichten befinden sich in Ihrer Quarantäne.\r\n"}});
}

TEST(KindNoticeTest, WhatOnlySpeaksOfVirusesIsOrdinary) {
  expect_all(
      {{"spam with a filter's subject", Kind::Ordinary,
        "From: Bob <bob@example.org>\r\nSubject: Warning: E-mail viruses detected\r\n",
        "Buy our scanner.\r\n"},
       {"spam with a filter's words", Kind::Ordinary,
        "From: Bob <bob@example.org>\r\nSubject: Virus detected\r\n",
        "A virus was found in your computer. Click here.\r\n"},
       {"a person asks about a notice", Kind::Ordinary,
        "From: postmaster@example.org\r\nSubject: Fwd: VIRUS IN YOUR MAIL\r\n",
        "Our content checker found banned name. Is this yours?\r\n"},
       {"a post quotes a notice", Kind::Ordinary,
        "From: bob@example.org\r\nSubject: amavis\r\nList-Id: <l.example.org>\r\n",
        "It says BANNED CONTENTS ALERT and Our content checker found banned name.\r\n"},
       {"scanned mail", Kind::Ordinary,
        "From: bob@example.org\r\nSubject: Lunch\r\nX-Site-MailScanner: Found to be clean\r\n"
        "X-Virus-Scanned: amavisd-new at example.org\r\n",
        "See you.\r\n\r\n-- \r\nThis message has been scanned for viruses by MailScanner.\r\n"},
       {"scanned mail with one word", Kind::Ordinary,
        "From: bob@example.org\r\nSubject: Lunch\r\nX-Site-MailScanner: Sauber\r\n",
        "See you.\r\n"},
       {"news of a maker", Kind::Ordinary,
        "From: antivirus@vendor.example\r\nSubject: New signatures\r\n",
        "Version 2.1 brings new signatures.\r\n"}});
}

TEST(KindNoticeTest, AWormThatPosesAsANoticeIsOrdinary) {
  const Reading reading = read_message(
      "From: \"System Anti-Virus Administrator\" <admin@example.org>\r\nSubject: Virus alert\r\n"
      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\n"
      "ANTIVIRUS SYSTEM FOUND VIRUSES. Use the attached tool.\r\n"
      "--b\r\nContent-Type: application/octet-stream; name=tool.exe\r\n\r\nMZ\r\n--b--\r\n");
  EXPECT_EQ(reading.kind, Kind::Ordinary);
}

TEST(KindNoticeTest, WhatAGatewayCouldNotDeliverIsABounce) {
  const std::string head =
      "Subject: Mail could not be delivered\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=\"------------InterScan_NT_MIME_Boundary\"\r\n\r\n"
      "--------------InterScan_NT_MIME_Boundary\r\nContent-type: text/plain\r\n\r\n"
      "****** Message from InterScan Messaging Security Suite ******\r\n\r\n"
      "Sent >>> RCPT TO:<carla@example.org>\r\nReceived <<< 550 5.1.1 User unknown\r\n\r\n"
      "Unable to deliver message to <carla@example.org>.\r\n"
      "--------------InterScan_NT_MIME_Boundary\r\nContent-type: message/rfc822\r\n\r\n"
      "Received: from a by b; Sat, 3 Jan 2026 10:00:00 +0000\r\nFrom: anna@example.net\r\n"
      "Subject: Hello\r\nMessage-ID: <1@example.net>\r\n\r\nHi\r\n"
      "--------------InterScan_NT_MIME_Boundary--\r\n";
  EXPECT_EQ(
      read_message("From: InterScan MSS <postmaster@example.org>\r\nReturn-Path: <>\r\n" + head)
          .kind,
      Kind::Bounce);
}

}  // namespace
}  // namespace backstop::reading
