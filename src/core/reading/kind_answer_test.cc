// Automatic replies, and what is none, through read_message.  All texts were written for this test.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/reading/answer_sample.h"

namespace backstop::reading {
namespace {

constexpr const char* kFrom = "Jane Doe <jane@there.example>";

constexpr const char* kExchange =
    "Return-Path: <>\r\nX-MS-Exchange-Inbox-Rules-Loop: jane@there.example\r\n"
    "X-Auto-Response-Suppress: All\r\nAuto-Submitted: auto-generated\r\n"
    "In-Reply-To: <1@here.example>\r\n";

TEST(KindAnswerTest, ProductsThatMarkTheirRepliesAreTold) {
  const Mail mails[] = {
      {"RFC 3834", "Re: Minutes", "Auto-Submitted: auto-replied\r\n", "I am not here.", nullptr},
      {"Pigeonhole", "Auto: Minutes",
       "Return-Path: <>\r\nAuto-Submitted: auto-replied (vacation)\r\nPrecedence: bulk\r\n"
       "X-Sieve: Pigeonhole Sieve 0.5.21\r\nX-Auto-Response-Suppress: All\r\n",
       "I am on vacation until Monday.", "en"},
      {"Zimbra", "Re: Minutes",
       "Auto-Submitted: auto-replied (zimbra; vacation)\r\nPrecedence: bulk\r\n", "Back soon.",
       nullptr},
      {"iCloud server rules", "Re: Minutes",
       "Auto-submitted: auto-replied; owner-email=\"jane@there.example\"\r\n", "Back soon.",
       nullptr},
      {"Gmail", "Réponse automatique Re: Minutes",
       "Precedence: bulk\r\nX-Autoreply: yes\r\nIn-Reply-To: <1@here.example>\r\n",
       "Bonjour, je suis en vacances, de retour le 5 mai.", "fr"},
      {"cPanel", "Away", "X-Autorespond: Minutes\r\nPrecedence: auto_reply\r\n", "Away.", nullptr},
      {"an autoresponder of unknown make", "Thanks", "X-AutoReply-Engine: 3.1\r\n", "Thanks.",
       nullptr},
      {"iCloud", "Re: Minutes", "X-Apple-Action: vacation/1\r\nX-Autoreply: yes\r\n", "Away.",
       nullptr},
      {"Exchange, mark and null sender", "Nieznany temat", kExchange, "Zobaczymy.", nullptr},
      {"Exchange 2013, no null sender", "Automatic reply: Minutes",
       "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\r\n"
       "Auto-Submitted: auto-generated\r\n",
       "I am away.", nullptr},
      {"vacation(1) with its own text", "away from my mail", "Precedence: bulk\r\n",
       "I will not be reading my mail for a while. Your mail regarding \"Minutes\" will be read "
       "when I return.",
       "en"},
      {"Domino", "Jane Doe is out of the office.", "Auto-Submitted: auto-generated\r\n",
       "I will be out of the office starting 05/04/2026 and will not return until 05/08/2026.",
       "en"},
      {"null sender alone, words of an absence", "Re: Minutes", "Return-Path: <>\r\n",
       "Sehr geehrte Damen und Herren, ich bin bis 4. Mai im Urlaub.", "de"},
      {"null sender, a reply without reference", "Re: Minutes", "Return-Path: <>\r\n", "Gone.",
       nullptr},
      {"away, and names the help desk", "Re: Minutes", "Auto-Submitted: auto-replied\r\n",
       "I am on vacation until Monday. Thank you for your message. If a ticket has been created, "
       "ask the help desk.",
       "en"},
      {"null sender that answers, language unknown", "Re: Minutes",
       "Return-Path: <>\r\nPrecedence: bulk\r\nIn-Reply-To: <1@here.example>\r\n",
       "Es bin hwel net do.", nullptr},
  };
  expect_answers(kFrom, mails, Kind::AutoReply);
}

TEST(KindAnswerTest, RepliesOfExchangeAreToldInEveryLanguageOfTheSubject) {
  const Mail mails[] = {
      {"en", "Automatic reply: Minutes", kExchange,
       "Hello, I am out of the office until 4 May with limited access to email.", "en"},
      {"de", "Automatische Antwort: Angebot", kExchange,
       "Guten Tag, ich bin bis einschließlich 4. Mai nicht im Büro. In dringenden Fällen wenden "
       "Sie sich bitte an Frau Muster.",
       "de"},
      {"fr", "Réponse automatique : Budget", kExchange,
       "Bonjour, je suis absente du bureau jusqu'au 4 mai. En cas d'urgence, contactez Paul.",
       "fr"},
      {"es", "Respuesta automática: Presupuesto", kExchange,
       "Hola, estoy fuera de la oficina hasta el 4 de mayo. Le responderé a mi regreso.", "es"},
      {"it", "Risposta automatica: Preventivo", kExchange,
       "Buongiorno, sono fuori ufficio fino al 4 maggio. Risponderò al mio rientro.", "it"},
      {"pt", "Resposta automática: Orçamento", kExchange,
       "Olá, estou de férias até 4 de maio. Em caso de urgência, fale com o Mário.", "pt"},
      {"nl", "Automatisch antwoord: Offerte", kExchange,
       "Ik ben afwezig tot en met 4 mei. Voor dringende zaken kunt u bellen.", "nl"},
      {"ja", "自動応答: 打ち合わせ", kExchange,
       "お世話になっております。5月4日まで休暇をいただいております。お急ぎの場合は山田まで。",
       "ja"},
      {"ru", "Автоматический ответ: Смета", kExchange,
       "Добрый день! Я нахожусь в отпуске до 4 мая. По срочным вопросам пишите Ивану.", "ru"},
      {"pl", "Odpowiedź automatyczna: Oferta", kExchange,
       "Dzień dobry, jestem na urlopie do 4 maja. Odpowiem po powrocie.", "pl"},
      {"sv", "Autosvar: Offert", kExchange,
       "Hej! Jag är på semester till 4 maj. Vid brådskande ärenden ring växeln.", "sv"},
      {"zh", "自动答复: 报价", kExchange, "您好，我正在休假，回来后会尽快回复您。", "zh"},
      {"zh-tw", "自動回覆: 報價", kExchange, "您好，我目前不在辦公室，會盡快回覆您。", "zh"},
      {"da", "Automatisk svar: Tilbud", kExchange, "Jeg holder ferie til den 4. maj.", "da"},
      {"no", "Automatisk svar: Tilbud", kExchange, "Jeg er tilbake på kontoret 5. mai.", "no"},
      {"fi", "Automaattinen vastaus: Tarjous", kExchange, "Olen lomalla 4.5. asti.", "fi"},
      {"cs", "Automatická odpověď: Nabídka", kExchange, "Do 4. května jsem na dovolené.", "cs"},
      {"hu", "Automatikus válasz: Ajánlat", kExchange, "Szabadságon vagyok május 4-ig.", "hu"},
      {"ro", "Răspuns automat: Ofertă", kExchange, "Sunt în concediu până pe 4 mai.", "ro"},
      {"tr", "Otomatik Yanıt: Teklif", kExchange, "4 Mayıs'a kadar izindeyim.", "tr"},
      {"el", "Αυτόματη απάντηση: Προσφορά", kExchange, "Βρίσκομαι σε άδεια έως 4 Μαΐου.", "el"},
      {"ko", "자동 회신: 견적", kExchange, "5월 4일까지 휴가 중입니다.", "ko"},
      {"ar", "رد تلقائي: عرض", kExchange, "أنا خارج المكتب حتى 4 مايو.", "ar"},
      {"he", "תשובה אוטומטית: הצעה", kExchange, "אני בחופשה עד 4 במאי.", "he"},
      {"uk", "Автоматична відповідь: Кошторис", kExchange, "Я у відпустці до 4 травня.", "uk"},
  };
  expect_answers(kFrom, mails, Kind::AutoReply);
}

TEST(KindAnswerTest, TheSubjectThatAnAutomaticReplyQuotesSaysNothingOfATicket) {
  const Mail mails[] = {
      {"of a mailbox nobody reads", "Automatic reply: Your question of 2887",
       "In-Reply-To: <1@here.example>\r\nAuto-Submitted: auto-replied\r\nReturn-Path: <>\r\n",
       "Thank you. This address is read by nobody any more; your message follows."},
  };
  expect_answers(kFrom, mails, Kind::AutoReply);
}

TEST(KindAnswerTest, AServersLanguageInTheSubjectDoesNotHideThePersons) {
  const Mail mails[] = {
      {"German text", "Automatic reply: Angebot", kExchange,
       "Vielen Dank für Ihre Nachricht. Ich bin bis 4. Mai im Urlaub.", "de"},
      {"Japanese text", "Automatic reply: Minutes", kExchange,
       "ただいま不在にしております。戻り次第ご連絡いたします。", "ja"},
  };
  expect_answers(kFrom, mails, Kind::AutoReply);
}

TEST(KindAnswerTest, RepliesWithoutAnyMarkAreToldBySubjectAndWords) {
  const Mail mails[] = {
      {"Exchange 2003", "Out of Office AutoReply: Minutes", "", "I'm out of office this week.",
       "en"},
      {"Exchange 2003, de", "Abwesenheitsnotiz: Angebot", "", "Ich bin bis 4. Mai außer Haus.",
       "de"},
      {"fixed subject that refers to the original", "Automatic reply: Minutes", kAnswer,
       "Gone fishing.", nullptr},
      {"QQ", "自动回复: 报价", "", "您好，邮件我已收到，我会尽快回复您。", "zh"},
      {"a gateway's tag before it", "[EXTERNAL] Automatic reply: Minutes", kAnswer, "Away.",
       nullptr},
      {"plain subject, refers to the original", "Out of office", kAnswer,
       "Thank you for your email. I am out of the office until Monday.", "en"},
      {"plain subject, says what it is", "Out of office", "",
       "This is an automatic reply. I am back on Monday.", "en"},
      {"Urlaub", "Ich bin im Urlaub", kAnswer, "Dies ist eine automatische Antwort.", "de"},
      {"no reference at all, but words enough", "Re: jane@there.example", "",
       "This is an automated response. I will be out of the office until Monday.", "en"},
  };
  expect_answers(kFrom, mails, Kind::AutoReply);
}

TEST(KindAnswerTest, PeopleAndProgramsThatSpeakOfAbsenceAreOrdinary) {
  const Mail mails[] = {
      {"a person tells of a holiday", "Holidays", "",
       "Hi Bob, I am on vacation until Monday. While I am away please call Ann."},
      {"a team is told", "Out of office next week", "",
       "Hi all, I will be out of the office next week. In my absence ask Ann."},
      {"a reply in a thread", "Re: Out of office next week", kAnswer,
       "Thanks for your message. I am out of the office too, will get back to you on Monday."},
      {"a person answers an automatic reply", "Re: Automatic reply: Minutes", kAnswer,
       "Thanks Jane, enjoy!\r\n\r\n-----Original Message-----\r\nFrom: Jane\r\nSent: Monday\r\n"
       "To: Bob\r\nSubject: Automatic reply: Minutes\r\n\r\nThis is an automatic reply. I am "
       "out of the office until Monday."},
      {"a person answers one as Outlook quotes today", "Re: Automatic reply: Minutes", kAnswer,
       "Thanks Jane, enjoy!\r\n________________________________\r\nFrom: Jane\r\nSent: Monday\r\n"
       "To: Bob\r\nSubject: Automatic reply: Minutes\r\n\r\nThis is an automatic reply. I am out "
       "of "
       "the office until Monday."},
      {"a person forwards one", "FW: Automatic reply: Minutes", kAnswer,
       "See below.\r\n\r\nThis is an automatic reply. I am out of the office until Monday."},
      {"quoted with marks", "Re: Minutes", kAnswer,
       "Nobody there!\r\n> This is an automatic reply. I am out of the office.\r\n> Back soon."},
      {"a list post about vacation programs", "Out of office",
       "List-Id: <users.example.org>\r\nPrecedence: list\r\n",
       "This is an automatic reply is what my program writes. I am out of the office."},
      {"an automatic reply that a list handed on", "Automatic reply: Minutes",
       "List-Id: <users.example.org>\r\nPrecedence: list\r\n"
       "X-MS-Exchange-Inbox-Rules-Loop: jane@there.example\r\n",
       "I am out of the office until Monday."},
      {"a newsletter", "Out of office? Our tips for your holiday",
       "Precedence: bulk\r\nList-Unsubscribe: <https://there.example/u>\r\n",
       "Whether you are on vacation or back in the office: read our tips. I am out of the office "
       "is all you need to write."},
      {"spam", "Out of Office", "Precedence: bulk\r\n", "Buy pills now."},
      {"spam with a fixed subject", "Automatic reply: you won", "", "Claim your prize now."},
      {"a rule that forwards", "FW: Minutes",
       "X-MS-Exchange-Inbox-Rules-Loop: jane@there.example\r\n"
       "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\r\n"
       "Auto-Submitted: auto-generated\r\n",
       "Here are the minutes."},
      {"a person in a tracker", "[Printer - Bug #12] On fire",
       "Auto-Submitted: auto-generated\r\nIn-Reply-To: <1@here.example>\r\n",
       "Jane Doe wrote: I am on vacation until Monday. In my absence ask Ann."},
      {"an agent of a help desk", "Re: Printer on fire",
       "Auto-Submitted: auto-generated\r\nIn-Reply-To: <1@here.example>\r\n"
       "X-Zendesk-From-Account-Id: 1a2b3c4\r\n",
       "Thank you for your message. Please pour water on it."},
      {"cron", "Cron <root@host> run", "Auto-Submitted: auto-generated\r\n", "done"},
      {"monitoring", "PROBLEM: host is away", "Auto-Submitted: auto-generated\r\n",
       "** Host is away from the network until it is repaired. **"},
      {"Exchange mail that wants no answer", "Minutes", "X-Auto-Response-Suppress: DR, OOF\r\n",
       "I am out of the office on Monday, let us meet on Tuesday."},
      {"an order", "Thank you for your message", "Auto-Submitted: auto-generated\r\n",
       "Thank you for your order 1234. We will send it soon."},
      {"a password", "Your message has been received", "Auto-Submitted: auto-generated\r\n",
       "Click here to reset your password."},
      {"a bulk mailer that misuses Auto-Submitted", "Our autumn prices",
       "Auto-Submitted: auto-replied\r\nList-Unsubscribe: <https://there.example/u>\r\n",
       "All at half price."},
  };
  expect_answers(kFrom, mails, Kind::Ordinary);
}

}  // namespace
}  // namespace backstop::reading
