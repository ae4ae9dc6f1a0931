// Bounces of mail systems that nobody knows, and the innocent mail that looks like them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/reading/delivery_words.h"
#include "core/reading/reader.h"

namespace backstop::reading {
namespace {

constexpr const char* kRest =
    "\nTo: alice@example.com\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: 8bit\n\n";

Reading read(const std::string& header, const std::string& text) {
  return read_message(header + kRest + text);
}

std::string kind_of(const std::string& header, const std::string& text) {
  return std::string(name_of(read(header, text).kind));
}

struct Words {
  const char* language;
  const char* subject;
  const char* text;
};

const std::vector<Words>& words() {
  static const std::vector<Words> all{
      {"en", "Your mail could not be sent", "We could not pass on your mail to bob@example.net.\n"},
      {"de", "Ihre Mail wurde nicht zugestellt", "Die Mail an bob@example.net kam nicht an.\n"},
      {"fr", "Votre courriel n'a pas pu être livré",
       "Le courriel pour bob@example.net est perdu.\n"},
      {"es", "Correo no entregado", "El correo para bob@example.net no fue entregado.\n"},
      {"it", "Posta non consegnata", "La posta per bob@example.net non è stata consegnata.\n"},
      {"pt", "Carta não entregue", "A carta para bob@example.net não foi entregue.\n"},
      {"nl", "Uw mail is niet bezorgd", "De mail aan bob@example.net is niet bezorgd.\n"},
      {"pl", "Niedostarczony list", "List do bob@example.net nie został dostarczony.\n"},
      {"sv", "Brevet kunde inte levereras", "Brevet till bob@example.net kunde inte levereras.\n"},
      {"cs", "Dopis nebyl doručen", "Dopis pro bob@example.net nebyl doručen.\n"},
      {"ru", "Письмо не доставлено", "Письмо для bob@example.net не доставлено.\n"},
      {"ja", "メールをお届けできません", "bob@example.net 宛のメールをお届けできません。\n"},
      {"zh", "邮件无法投递", "发往 bob@example.net 的邮件无法投递。\n"},
      {"ko", "메일 전송 실패", "bob@example.net 메일이 배달되지 않았습니다.\n"}};
  return all;
}

TEST(KindBounceTest, AnySentenceOfAMailSystemNamesItsRecipient) {
  struct Notice {
    const char* subject;
    const char* text;
  };
  constexpr Notice kNotices[] = {
      {"Email not delivered", "No mailbox called bob@example.net exists here."},
      {"Unzustellbare Post", "Der Empfänger bob@example.net ist hier nicht bekannt, Mail sinnlos."},
      {"Retour de courrier", "Le destinataire bob@example.net est inconnu sur ce serveur de mail."},
      {"Correo devuelto", "La dirección de correo bob@example.net no existe."},
      {"Mail respinta", "Il destinatario bob@example.net è sconosciuto."},
      {"Mensagem devolvida", "O destinatário da mensagem, bob@example.net, é desconhecido."},
      {"Bericht geweigerd", "De ontvanger van de mail, bob@example.net, is niet bekend."},
      {"Returnerat meddelande", "Adressen bob@example.net finns inte. Skicka inget mejl dit."},
      {"Zwrot wiadomości", "Adres bob@example.net nie istnieje, wiadomość wraca."},
      {"Возврат письма", "Адрес bob@example.net не существует, письмо вернулось."},
      {"宛先不明", "メールの宛先 bob@example.net は存在しません。"},
      {"郵件退回", "收件者 bob@example.net 不存在，您的郵件已退。"}};
  for (const Notice& one : kNotices) {
    for (const char* header :
         {"Return-Path: <>\nFrom: Gate <gate@gw.example.org>",
          "Return-Path: <>\nFrom: mailer-daemon@gw.example.org",
          "Auto-Submitted: auto-generated\nFrom: Gate <gate@gw.example.org>"}) {
      const Reading reading = read(header + ("\nSubject: " + std::string(one.subject)), one.text);
      EXPECT_EQ(name_of(reading.kind), "bounce") << one.subject << header;
      ASSERT_EQ(reading.recipients.size(), 1U) << one.subject << header;
      EXPECT_EQ(reading.recipients[0].address, "bob@example.net") << one.subject;
    }
  }
}

TEST(KindBounceTest, ParcelsAndFullMailboxesOfOnesOwnAreNoBounces) {
  EXPECT_EQ(kind_of("Return-Path: <>\nAuto-Submitted: auto-generated\n"
                    "From: Carrier <service@carrier.example.org>\nSubject: Not delivered",
                    "Your parcel could not be delivered: address unknown. Mail us:\n"
                    "desk@carrier.example.org\n"),
            "ordinary");
  EXPECT_EQ(kind_of("Return-Path: <>\nFrom: postmaster@example.com\nSubject: Quota warning",
                    "Your mailbox alice@example.com is nearly full. When it is, mail cannot be "
                    "delivered.\n"),
            "ordinary");
  EXPECT_EQ(kind_of("Auto-Submitted: auto-generated\nFrom: Ann (Tracker) <tracker@example.org>\n"
                    "Subject: [MAIL-12] Undelivered mail",
                    "Ann wrote: 550 5.1.1 no mailbox for bob@example.net, not delivered.\n"),
            "ordinary");
}

TEST(KindBounceTest, UnknownMailSystemsAreToldByEnvelopeOrFieldAndAServersAnswer) {
  for (const Words& one : words()) {
    const std::string subject = "\nSubject: " + std::string(one.subject);
    const std::string text = std::string(one.text) + "550 5.1.1 no mailbox here\n";
    for (const char* header :
         {"Return-Path: <>\nFrom: Gate <noreply@gw.example.org>",
          "Auto-Submitted: auto-generated\nFrom: Gate <noreply@gw.example.org>",
          "From: postmaster@gw.example.org"}) {
      const Reading reading = read(header + subject, text);
      EXPECT_EQ(name_of(reading.kind), "bounce") << one.language << header;
      EXPECT_GE(reading.evidence.size(), 2U) << one.language << header;
      ASSERT_EQ(reading.recipients.size(), 1U) << one.language << header;
      EXPECT_EQ(reading.recipients[0].address, "bob@example.net") << one.language;
      EXPECT_EQ(reading.recipients[0].status, "5.1.1") << one.language;
    }
  }
}

TEST(KindBounceTest, TheSameWordsOfAPersonAreOrdinary) {
  for (const Words& one : words()) {
    EXPECT_EQ(kind_of("From: Carol <carol@example.org>\nSubject: " + std::string(one.subject),
                      std::string(one.text) + "550 5.1.1 no mailbox here\n"),
              "ordinary")
        << one.language;
    EXPECT_TRUE(find_delivery_words(one.text).failed || find_delivery_words(one.subject).any());
  }
}

TEST(KindBounceTest, UnknownMailSystemsMayBeLate) {
  EXPECT_EQ(
      kind_of("Return-Path: <>\nFrom: Gate <noreply@gw.example.org>\nSubject: Your mail is delayed",
              "bob@example.net: 451 4.7.1 try later. It will be retried.\n"),
      "delay");
}

TEST(KindBounceTest, AShownNameAloneIsNoMailSystem) {
  for (const char* name : {"Mail Delivery System", "MAILER-DAEMON", "Mail Delivery Subsystem"}) {
    const std::string from = std::string("Return-Path: <info@shop.example>\nFrom: ") + name +
                             " <info@shop.example>\nSubject: Undelivered messages";
    EXPECT_EQ(kind_of(from,
                      "6 mails were not delivered to alice@example.com.\n"
                      "Get them: https://shop.example/get?to=alice@example.com\n"),
              "ordinary")
        << name;
    EXPECT_EQ(kind_of(from,
                      "Your mail was not delivered:\n\n"
                      "<bob@example.net>: 550 5.1.1 unknown\n"),
              "bounce")
        << name;
  }
}

TEST(KindBounceTest, LinksBesideNoFailedRecipientSpeakAgainstAPostmaster) {
  const char* header = "From: postmaster@shop.example\nSubject: Mail delivery failed";
  EXPECT_EQ(kind_of(header,
                    "4 mails were not delivered: your mailbox alice@example.com is full.\n"
                    "https://shop.example/more?to=alice@example.com\n"),
            "ordinary");
  EXPECT_EQ(kind_of(header,
                    "Your mail was not delivered: https://shop.example/help\n"
                    "bob@example.net 550 5.1.1 unknown\n"),
            "bounce");
}

TEST(KindBounceTest, LinksNameNoRecipients) {
  const Reading reading =
      read("From: MAILER-DAEMON@gw.example.org\nReturn-Path: <>\nSubject: Undeliverable",
           "Not delivered to bob@example.net: 550 5.1.1 unknown.\n"
           "https://gw.example.org/why?who=eve@example.org\n");
  ASSERT_EQ(reading.recipients.size(), 1U);
  EXPECT_EQ(reading.recipients[0].address, "bob@example.net");
}

TEST(KindBounceTest, SeveralRecipientsOfALineShareWhatStandsBelow) {
  const Reading reading =
      read("From: MAILER-DAEMON@gw.example.org\nSubject: Undeliverable",
           "Not delivered to:\nbob@example.net, carol@example.net\nReason: 550 5.1.1 unknown\n");
  ASSERT_EQ(reading.recipients.size(), 2U);
  EXPECT_EQ(reading.recipients[0].status, "5.1.1");
  EXPECT_EQ(reading.recipients[1].status, "5.1.1");
}

TEST(KindBounceTest, CertifiedMailIsToldByItsFieldAndSubject) {
  const std::string from = "From: posta-certificata@pec.example.it\n";
  EXPECT_EQ(kind_of(from + "X-Ricevuta: errore-consegna\n"
                           "Subject: AVVISO DI MANCATA CONSEGNA: Verbale",
                    "destinato a \"bob@example.net\": errore 5.1.1 - indirizzo non valido\n"),
            "bounce");
  EXPECT_EQ(kind_of(from + "X-Ricevuta: avvenuta-consegna\nSubject: CONSEGNA: Verbale", "ok\n"),
            "delivery-report");
  EXPECT_EQ(kind_of("From: Bob <bob@example.net>\nX-Ricevuta: avvenuta-consegna\nSubject: Verbale",
                    "Ecco il verbale.\n"),
            "ordinary");
}

TEST(KindBounceTest, ListManagersRejectInTheirOwnWords) {
  const std::string header =
      "From: hobby-bounces@lists.example.org\nX-List-Administrivia: yes\nSubject: ";
  const char* rejection =
      "Your request to the hobby mailing list\n\nhas been rejected by the list moderator.\n";
  EXPECT_EQ(kind_of(header + "Request to mailing list hobby rejected", rejection), "bounce");
  EXPECT_EQ(kind_of(header + "Your message to hobby awaits moderator approval",
                    "Your mail is being held until the moderator can review it.\n"),
            "ordinary");
  EXPECT_EQ(kind_of("From: Bob <bob@example.net>\nSubject: Request to mailing list hobby rejected",
                    rejection),
            "ordinary");
}

TEST(KindBounceTest, AReportWithoutAUsableBoundaryIsReadAsText) {
  const Reading reading = read_message(
      "Return-Path: <>\nFrom: MAILER-DAEMON@gw.example.org\nSubject: Undeliverable\n"
      "MIME-Version: 1.0\nContent-Type: multipart/mixed\n\n"
      "Not delivered: bob@example.net\n550 5.1.1 unknown\n");
  EXPECT_EQ(name_of(reading.kind), "bounce");
  ASSERT_EQ(reading.recipients.size(), 1U);
  EXPECT_EQ(reading.recipients[0].status, "5.1.1");
}

}  // namespace
}  // namespace backstop::reading
