// Notices of mail filters that no phrase knows, in other words and languages than
// kind_words_test.cc has, and their innocent twins.
#include <gtest/gtest.h>

#include "core/reading/kind_sample.h"
#include "core/reading/kind_words.h"
#include "core/reading/notice_words.h"

namespace backstop::reading {
namespace {

constexpr char kGate[] = "Return-Path: <>\r\nFrom: postmaster@gw.example.org\r\n";
constexpr char kAutomatic[] =
    "Auto-Submitted: auto-generated\r\nFrom: Info <info@gw.example.org>\r\n";

struct Twin {
  const char* subject;
  const char* text;
};

template <std::size_t N>
void expect_from(const char* sender, Kind kind, const Twin (&twins)[N]) {
  for (const Twin& twin : twins) {
    const std::string header = std::string(sender) + "Subject: " + twin.subject + "\r\n";
    expect_kind(kind, {twin.subject, header.c_str(), twin.text});
  }
}

TEST(KindFilterTest, RefusalsAreToldInThirtyLanguages) {
  expect_from(
      kGate, Kind::ContentNotice,
      {{"Attachment stripped", "Macros are not welcome: the file was removed from your mail."},
       {"Anhang entfernt", "Aus Ihrer Nachricht wurde eine ausführbare Datei entfernt."},
       {"Fichier bloqué", "Votre message comportait un fichier exécutable. Il a été écarté."},
       {"Correo detenido",
        "El mensaje que usted envió lleva un archivo ejecutable y fue detenido."},
       {"Messaggio fermato", "Il messaggio che ha spedito è stato fermato: file eseguibile."},
       {"Mensagem barrada", "Sua mensagem foi barrada por conter um arquivo perigoso."},
       {"Bericht tegengehouden", "Uw bericht is gestopt, het bestand mag niet per mail."},
       {"Mejl stoppat", "Ditt mejl till kontor@example.com hölls kvar: otillåten fil."},
       {"Din mail blev stoppet", "Din mail indeholder en eksekverbar fil og er blevet stoppet."},
       {"Viestisi pysäytettiin", "Viestisi sisältää kielletyn liitetiedoston."},
       {"Zpráva zadržena", "Vaše zpráva obsahuje nepovolenou přílohu a byla zadržena."},
       {"Levele", "Az Ön által küldött levél tiltott mellékletet tartalmaz, elutasítottuk."},
       {"Mesaj blocat", "Mesajul trimis de dvs. conține un atașament interzis și a fost blocat."},
       {"Το μήνυμά σας", "Το μήνυμά σας περιέχει μη επιτρεπτό συνημμένο και απορρίφθηκε."},
       {"İletiniz engellendi", "Gönderdiğiniz ileti yasaklı bir dosya içerdiği için engellendi."},
       {"Ваше письмо", "Отправленное вами письмо содержит архив с паролем и не пропущено."},
       {"Ваш лист", "Ваш лист містить заборонене вкладення і був заблокований."},
       {"メール送信停止", "お客様が送信されたメールは、拡張子が制限されているため破棄しました。"},
       {"邮件被拒收", "您发往 bob@example.com 的邮件带有可执行文件，被拒收。"},
       {"메일 차단", "보내신 메일은 금지된 첨부파일이 포함되어 전달되지 않았습니다."}});
}

TEST(KindFilterTest, ARatingAsSpamIsARefusal) {
  expect_from(kGate, Kind::ContentNotice,
              {{"Uw mail is als spam herkend", "Uw mail is herkend als spam."},
               {"Письмо признано спамом", "Ваше сообщение распознано как спам."},
               {"迷惑メールと判定されました", "あなたが送信したメールは迷惑メールです。"}});
}

TEST(KindFilterTest, VirusesAreToldInLanguagesOfFewFilters) {
  expect_from(kGate, Kind::VirusNotice,
              {{"Virus i e-post från dig", "Ett brev med din adress bar på Mydoom och kastades."},
               {"Virus fundet", "I en mail fra din adresse var der virus. Mailen er slettet."},
               {"Virus viestissäsi", "Lähettämäsi viesti sisälsi viruksen ja se poistettiin."},
               {"Vírus", "Az Ön által küldött levélben vírus volt, a levelet töröltük."},
               {"Virus detectat", "Mesajul trimis de dvs. avea un virus și a fost șters."},
               {"Εντοπίστηκε ιός", "Στο μήνυμα που στείλατε βρέθηκε ιός και διαγράφηκε."},
               {"Вірус", "У вашому листі знайдено вірус. Лист видалено."},
               {"Alert", "The virus I-Worm.Sircam was in a mail with your address. Deleted."}});
}

TEST(KindFilterTest, OverviewsOfANullSenderNeedNoColumns) {
  expect_from(
      kGate, Kind::ContentNotice,
      {{"Quarantine summary", "Stopped: a@example.com Pills, b@example.com Casino."},
       {"Zurückgehaltene Nachrichten", "a@example.com Gewinn [Zustellen]\r\nb@example.com Kredit"},
       {"스팸메일 차단 리포트", "차단되었습니다. a@example.com [복구] b@example.com [복구]"}});
}

TEST(KindFilterTest, NamesOfScannersAreNoVirus) {
  EXPECT_FALSE(
      NoticeWords("our virus scanner and antivirus, the virus protection").has(NoticeWord::Virus));
  EXPECT_FALSE(NoticeWords("unser virenschutz; ウイルス対策; 防病毒").has(NoticeWord::Virus));
  EXPECT_TRUE(NoticeWords("our virus scanner found a virus").has(NoticeWord::Virus));
  // MailScanner warns of a virus where it refuses a file's name, and signs as a virus scanner.
  EXPECT_EQ(read_sample({"",
                         "Return-Path: <>\r\nFrom: \"MailScanner\" <postmaster@example.org>\r\n"
                         "Subject: Waarschuwing: E-mail virussen gedetecteerd\r\n"
                         "X-Site-MailScanner: generated\r\n",
                         "Onze virusscanner reageerde op een bericht dat u heeft verzonden:\r\n"
                         "De bijlage staat op de lijst met onaanvaardbare bijlagen.\r\n"
                         "-- \r\nMailScanner\r\nEmail Virus Scanner\r\n"})
                .kind,
            Kind::ContentNotice);
}

TEST(KindFilterTest, WhoSellsOrAnnouncesToManyIsOrdinary) {
  expect_from(
      kAutomatic, Kind::Ordinary,
      {{"Your antivirus licence expires soon", "Renew to keep your mail free of any virus."},
       {"Su licencia de antivirus caduca", "Su correo siga protegido: virus bloqueados."},
       {"ウイルス対策ソフトの更新", "更新するとウイルスメールを自動で削除します。"},
       {"Neue Richtlinie für Anhänge",
        "Ab dem 1. Mai werden Ihre Nachrichten mit ausführbaren"
        " Anhängen abgewiesen."},
       {"Maintenance of the spam filter",
        "On Monday your messages may be quarantined: maintenance"
        " of the gateway."},
       {"Virus alert", "A new worm sends mail. Infected messages carry love.vbs. Delete them."},
       {"Ihr Virus-Test", "Ihr Test auf das Virus liegt vor. Ihre Nachricht haben wir erhalten."},
       {"Webinar: quarantine", "Learn how to release messages. Sender and subject explained."}});
}

TEST(KindFilterTest, ServicesThatStopWhatIsNoMailAreOrdinary) {
  expect_from(
      kAutomatic, Kind::Ordinary,
      {{"Your message was removed", "Your message was removed: it violates our policy on spam."},
       {"[#812] Your message was blocked",
        "We checked: your message was blocked by a filter of"
        " bob@example.com for its attachment."},
       {"Your order: water filter",
        "Your message was received, the filter was stopped at the"
        " gateway of the depot as not allowed."}});
}

TEST(KindFilterTest, APersonWhoTellsOfAFilterIsOrdinary) {
  expect_kind(Kind::Ordinary,
              {"postmaster",
               "From: Postmaster <postmaster@example.org>\r\n"
               "Subject: Your blocked message\r\n",
               "Hello, I saw your message to Bob was blocked by our filter for its attachment. I "
               "have released it.\r\n"});
}

TEST(KindFilterTest, AListOrAMailboxThatRefusesIsNoFilter) {
  for (const Twin& twin :
       {Twin{"Rejected posting",
             "Your message was rejected by the policy of the list. Ask the "
             "moderator."},
        Twin{"Your message",
             "Your message was not delivered: user unknown. It violates policy."}}) {
    const std::string header = std::string(kGate) + "Subject: " + twin.subject + "\r\n";
    EXPECT_NE(read_sample({twin.subject, header.c_str(), twin.text}).kind, Kind::ContentNotice)
        << twin.subject;
  }
}

}  // namespace
}  // namespace backstop::reading
