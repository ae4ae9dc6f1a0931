// Absences and acknowledgements in words that no phrase knows, and people who write of the same.
#include "core/reading/answer_words.h"

#include <gtest/gtest.h>

#include <string>

#include "core/reading/kind_sample.h"
#include "core/reading/normal_text.h"

namespace backstop::reading {
namespace {

TEST(AnswerWordsTest, AnAbsenceIsToldWithWhenOrWho) {
  EXPECT_TRUE(
      AnswerWords(render_normal("I am away until Monday and will reply then.")).tell_absence());
  EXPECT_FALSE(AnswerWords(render_normal("See you at noon.")).tell_absence());
}

TEST(AnswerWordsTest, WordsOfAutomaticRepliesAloneSpeakOfNobodysMail) {
  EXPECT_FALSE(
      AnswerWords(render_normal("Please switch on your automatic reply.")).speak_of_your_mail());
  EXPECT_TRUE(AnswerWords(render_normal("Thank you for your message.")).speak_of_your_mail());
}

TEST(AnswerWordsTest, WhoWritesOfAbsencesAnswersNothing) {
  expect_all(
      Kind::Ordinary,
      {{"a reminder, in a thread",
        "From: bob@example.org\r\nSubject: Out of office replies - new policy\r\n"
        "In-Reply-To: <1@example.org>\r\n",
        "Please remember to switch on your automatic reply whenever you are out of the office\r\n"
        "for more than a day.\r\n"},
       {"an answer to an absence", "From: bob@example.org\r\nSubject: Re: réponse automatique\r\n",
        "J'ai bien reçu ta réponse automatique d'absence, à ton retour peux-tu m'appeler ?\r\n"}});
}

TEST(AnswerWordsTest, SomebodyWhoAnswersInsteadIsNoRecipient) {
  expect_all(Kind::AutoReply,
             {{"null sender, an address in the text",
               "Return-Path: <>\r\nFrom: bob@example.org\r\nSubject: Away\r\n",
               "I am out of the office until Monday. For urgent matters please write to\r\n"
               "carla@example.org. Your message will be read when I am back.\r\n"}});
}

TEST(AnswerWordsTest, DesksAreToldByTheirIdeasInAnyLanguage) {
  expect_all(
      Kind::TicketAck,
      {{"[#88412] Received: crash on start",
        "Return-Path: <>\r\nFrom: Support <support@acme-tools.example>\r\nSubject: [#88412] "
        "Received: crash on start\r\n",
        "Thanks for contacting Acme Tools. Your request has been logged as #88412 and someone will "
        "look at it shortly.\r\n"},
       {"Reference CR-2019-3321",
        "Return-Path: <>\r\nFrom: Service Desk <desk@council.example>\r\nSubject: Reference "
        "CR-2019-3321\r\nAuto-Submitted: auto-replied\r\n",
        "This is to let you know your enquiry reached us. Quote CR-2019-3321 in any further "
        "correspondence.\r\n"},
       {"We've got your message (Ref 7/1120/B)",
        "Return-Path: <>\r\nFrom: Customer Relations <cr@railco.example>\r\nSubject: We've got "
        "your message (Ref 7/1120/B)\r\n",
        "Thank you for getting in touch about your journey. Your reference is 7/1120/B. We aim to "
        "reply within 20 working days.\r\n"},
       {"Ticket opened: 4471",
        "Return-Path: <>\r\nFrom: Ops Portal <ops@hosting.example>\r\nSubject: Ticket opened: "
        "4471\r\nAuto-Submitted: auto-generated\r\n",
        "Ticket 4471 was opened. Department: Billing. Priority: Low. View it at "
        "https://hosting.example/t/4471\r\n"},
       {"Claim RMA-00917 created",
        "Return-Path: <>\r\nFrom: Warranty Centre <warranty@drillco.example>\r\nSubject: Claim "
        "RMA-00917 created\r\n",
        "Your claim was entered in our system under RMA-00917.\r\n"},
       {"Issue GZ-1182 filed",
        "Return-Path: <>\r\nFrom: Bug Tracker <bugs@gizmo.example>\r\nSubject: Issue GZ-1182 "
        "filed\r\nPrecedence: bulk\r\n",
        "Thanks for the report! It is now tracked as GZ-1182.\r\n"},
       {"Incident IN-2204 registered",
        "From: JetDesk <no-reply@jetdesk.example>\r\nSubject: Incident IN-2204 "
        "registered\r\nAuto-Submitted: auto-generated\r\n",
        "We logged incident IN-2204 based on your mail. You will be notified of progress.\r\n"},
       {"Ihr Anliegen 2020-5512",
        "Return-Path: <>\r\nFrom: Service <service@werkzeug.example>\r\nSubject: Ihr Anliegen "
        "2020-5512\r\n",
        "Wir haben Ihr Anliegen unter der Nummer 2020-5512 angelegt.\r\n"},
       {"[Ticket#2021041110000239] Drucker",
        "Return-Path: <>\r\nFrom: IT-Support <it@uni-nord.example>\r\nSubject: "
        "[Ticket#2021041110000239] Drucker\r\nAuto-Submitted: auto-generated\r\n",
        "Für Ihre Meldung wurde ein Vorgang eröffnet. Vorgang: 2021041110000239\r\n"},
       {"Vorgang 4430018 - Vielen Dank für Ihre Mitteilung",
        "Return-Path: <>\r\nFrom: Kundendienst <kd@strom.example>\r\nSubject: Vorgang 4430018 - "
        "Vielen Dank für Ihre Mitteilung\r\n",
        "Ihre Mitteilung liegt uns vor. Die Bearbeitung dauert derzeit etwa 3 Tage.\r\n"},
       {"[Demande n° 2291] Prise en compte",
        "Return-Path: <>\r\nFrom: Centre d'appels <aide@mairie.example>\r\nSubject: [Demande n° "
        "2291] Prise en compte\r\nAuto-Submitted: auto-generated\r\n",
        "Votre signalement est pris en compte sous le n° 2291.\r\n"},
       {"Dossier 118820 ouvert",
        "Return-Path: <>\r\nFrom: SAV <sav@electro.example>\r\nSubject: Dossier 118820 ouvert\r\n",
        "Bonjour, nous avons bien reçu votre courriel et ouvert le dossier 118820. Un technicien "
        "vous contactera.\r\n"},
       {"Caso 33120 registrado",
        "Return-Path: <>\r\nFrom: Mesa de ayuda <mesa@hospital.example>\r\nSubject: Caso 33120 "
        "registrado\r\nAuto-Submitted: auto-generated\r\n",
        "Se ha registrado el caso 33120 a partir de su correo. Estado: nuevo.\r\n"},
       {"INC-44120 abierta",
        "Return-Path: <>\r\nFrom: Incidencias <inc@red.example>\r\nSubject: INC-44120 abierta\r\n",
        "La incidencia INC-44120 se ha dado de alta correctamente.\r\n"},
       {"Folio 99120",
        "Return-Path: <>\r\nFrom: Reclamos <reclamos@tienda.example>\r\nSubject: Folio 99120\r\n",
        "Su reclamo fue ingresado con el folio 99120. Un ejecutivo lo revisará a la brevedad.\r\n"},
       {"Protocollo 0041882/2019",
        "Return-Path: <>\r\nFrom: Sportello <sportello@comune.example>\r\nSubject: Protocollo "
        "0041882/2019\r\n",
        "La Sua istanza è stata protocollata al n. 0041882/2019.\r\n"},
       {"Chamado 5512 aberto",
        "Return-Path: <>\r\nFrom: Suporte <suporte@nuvem.example>\r\nSubject: Chamado 5512 "
        "aberto\r\nAuto-Submitted: auto-generated\r\n",
        "O chamado 5512 foi aberto. Acompanhe o andamento pelo portal.\r\n"},
       {"Pedido n.º 88120",
        "Return-Path: <>\r\nFrom: Apoio <apoio@telco.example>\r\nSubject: Pedido n.º 88120\r\n",
        "Registámos o seu pedido com o n.º 88120. Entraremos em contacto em breve.\r\n"},
       {"Wij hebben uw vraag ontvangen",
        "Return-Path: <>\r\nFrom: Klantenservice <ks@energie.example>\r\nSubject: Wij hebben uw "
        "vraag ontvangen\r\n",
        "Uw vraag heeft kenmerk 2019-3312. Binnen 5 werkdagen krijgt u antwoord.\r\n"},
       {"Ärende 2019:118 har skapats",
        "Return-Path: <>\r\nFrom: Ärendehantering <arende@kommun.example>\r\nSubject: Ärende "
        "2019:118 har skapats\r\nAuto-Submitted: auto-generated\r\n",
        "Ditt ärende är registrerat. Ärendenummer 2019:118.\r\n"},
       {"Sag 77120 er oprettet",
        "Return-Path: <>\r\nFrom: Servicedesk <desk@region.example>\r\nSubject: Sag 77120 er "
        "oprettet\r\nAuto-Submitted: auto-replied\r\n",
        "Tak for din henvendelse. Den har fået sagsnummer 77120.\r\n"},
       {"Saken din er registrert (2291)",
        "Return-Path: <>\r\nFrom: Brukerstøtte <hjelp@skole.example>\r\nSubject: Saken din er "
        "registrert (2291)\r\n",
        "Vi har registrert saken din med referanse 2291 og ser på den så snart vi kan.\r\n"},
       {"Yhteydenottosi on vastaanotettu",
        "Return-Path: <>\r\nFrom: Asiakaspalvelu <palvelu@sahko.example>\r\nSubject: "
        "Yhteydenottosi on vastaanotettu\r\n",
        "Kiitos viestistäsi. Käsittelemme asiasi viiden arkipäivän kuluessa. Viite: 88120.\r\n"},
       {"Zgłoszenie 4412 zostało przyjęte",
        "Return-Path: <>\r\nFrom: Pomoc techniczna <pomoc@serwer.example>\r\nSubject: Zgłoszenie "
        "4412 zostało przyjęte\r\nAuto-Submitted: auto-generated\r\n",
        "Państwa zgłoszenie otrzymało numer 4412.\r\n"},
       {"Potvrzení přijetí",
        "Return-Path: <>\r\nFrom: Reklamace <rekl@obchod.example>\r\nSubject: Potvrzení "
        "přijetí\r\n",
        "Vaši reklamaci evidujeme pod č. 20190412.\r\n"},
       {"Solicitarea nr. 2291",
        "Return-Path: <>\r\nFrom: Suport <suport@firma.example>\r\nSubject: Solicitarea nr. "
        "2291\r\n",
        "Solicitarea dvs. a fost înregistrată cu numărul 2291.\r\n"},
       {"Αίτημα 4412",
        "Return-Path: <>\r\nFrom: Υποστήριξη <support@etairia.example>\r\nSubject: Αίτημα 4412\r\n",
        "Το αίτημά σας καταχωρήθηκε με αριθμό 4412.\r\n"},
       {"Заявка 88120 создана",
        "Return-Path: <>\r\nFrom: Служба поддержки <help@kompaniya.example>\r\nSubject: Заявка "
        "88120 создана\r\nAuto-Submitted: auto-generated\r\n",
        "По вашему письму создана заявка 88120. Статус: новая.\r\n"},
       {"Обращение принято",
        "Return-Path: <>\r\nFrom: Приёмная <priem@gorod.example>\r\nSubject: Обращение принято\r\n",
        "Ваше обращение зарегистрировано за № 118/20. Срок рассмотрения 30 дней.\r\n"},
       {"【受付番号:20190412】お問い合わせを受け付けました",
        "Return-Path: <>\r\nFrom: サポートセンター <support@kaisha.example>\r\nSubject: "
        "【受付番号:20190412】お問い合わせを受け付けました\r\nAuto-Submitted: auto-generated\r\n",
        "受付番号 20190412 にて承りました。2営業日以内にご回答いたします。\r\n"},
       {"お問い合わせありがとうございます",
        "Return-Path: <>\r\nFrom: お客様窓口 <info@mise.example>\r\nSubject: "
        "お問い合わせありがとうございます\r\n",
        "内容を確認のうえ、担当者より追ってご連絡差し上げます。管理番号:A-8812\r\n"},
       {"我們已收到您的來信",
        "Return-Path: <>\r\nFrom: 客戶服務 <cs@shop.example>\r\nSubject: "
        "我們已收到您的來信\r\nAuto-Submitted: auto-replied\r\n",
        "您的案件編號為 33120,專人將儘速與您聯絡。\r\n"},
       {"문의가 접수되었습니다",
        "Return-Path: <>\r\nFrom: 고객지원 <help@hoesa.example>\r\nSubject: 문의가 "
        "접수되었습니다\r\n",
        "접수번호 88120. 담당자가 확인 후 답변드리겠습니다.\r\n"},
       {"We are on it!",
        "Return-Path: <>\r\nFrom: noreply@desk.example\r\nSubject: We are on "
        "it!\r\nAuto-Submitted: auto-generated\r\n",
        "Hi there, thanks for reaching out. A ticket (id 7712) has been made and an expert was "
        "assigned.\r\n"}});
}

TEST(AnswerWordsTest, AbsencesOfOneClauseAreToldInAnyLanguage) {
  expect_all(
      Kind::AutoReply,
      {{"Gone fishing",
        "Return-Path: <>\r\nFrom: Mark Bell <mb@firm.example>\r\nSubject: Gone fishing\r\n",
        "I'm hiking in Norway until the 12th. My deputy Sue (sue@firm.example) can help.\r\n"},
       {"Practice closed",
        "Return-Path: <>\r\nFrom: reception@dental.example\r\nSubject: Practice closed\r\n",
        "Our practice is shut over Easter. In an emergency call 112.\r\n"},
       {"Jo Reed has left the agency",
        "Return-Path: <>\r\nFrom: Jo Reed <jr@agency.example>\r\nSubject: Jo Reed has left the "
        "agency\r\n",
        "Jo is now working elsewhere. Please direct your enquiry to team@agency.example.\r\n"},
       {"Slow replies",
        "Return-Path: <>\r\nFrom: Prof. Hale <hale@uni.example>\r\nSubject: Slow replies\r\n",
        "I answer mail only on Tuesdays and Thursdays. If it can't wait, phone the office.\r\n"},
       {"Praxis geschlossen",
        "Return-Path: <>\r\nFrom: kontakt@praxis.example\r\nSubject: Praxis geschlossen\r\n",
        "Unsere Praxis bleibt bis 7. Januar zu. Vertretung: Dr. Kuhn, Tel. 0221 1234.\r\n"},
       {"Fortbildung",
        "Return-Path: <>\r\nFrom: Ida Blum <ib@amt.example>\r\nSubject: Fortbildung\r\n",
        "Bin bis Freitag auf Fortbildung und lese meine Mails erst danach.\r\n"},
       {"Absence du bureau",
        "Return-Path: <>\r\nFrom: Marc Petit <mp@cabinet.example>\r\nSubject: Absence du "
        "bureau\r\n",
        "De retour le 3 septembre. Pour toute urgence : secretariat@cabinet.example\r\n"},
       {"Fermeture annuelle",
        "Return-Path: <>\r\nFrom: contact@asso.example\r\nSubject: Fermeture annuelle\r\n",
        "L'association est en pause tout le mois d'août. Bel été !\r\n"},
       {"Fuera hasta el lunes",
        "Return-Path: <>\r\nFrom: Raúl Gil <rg@obra.example>\r\nSubject: Fuera hasta el lunes\r\n",
        "Vuelvo el lunes 12. Si corre prisa, llame a la centralita.\r\n"},
       {"Assenza",
        "Return-Path: <>\r\nFrom: Paolo Conti <pc@studio.example>\r\nSubject: Assenza\r\n",
        "Rientro il 27 agosto. Per urgenze chiamare lo studio.\r\n"},
       {"Ausente",
        "Return-Path: <>\r\nFrom: Ana Lopes <al@gabinete.example>\r\nSubject: Ausente\r\n",
        "Regresso a 5 de setembro. Assuntos urgentes: 211 000 000.\r\n"},
       {"Vrij", "Return-Path: <>\r\nFrom: Kees Bos <kb@bedrijf.example>\r\nSubject: Vrij\r\n",
        "Ik ben er weer op 3 juni. Bij spoed: 06-12345678.\r\n"},
       {"Ledig", "Return-Path: <>\r\nFrom: Eva Lund <el@byra.example>\r\nSubject: Ledig\r\n",
        "Jag är tillbaka den 12 augusti. Vid brådskande ärenden ring växeln.\r\n"},
       {"Ferie", "Return-Path: <>\r\nFrom: Ole Dam <od@firma.example>\r\nSubject: Ferie\r\n",
        "Jeg er tilbage mandag uge 32.\r\n"},
       {"Poissaolo",
        "Return-Path: <>\r\nFrom: Antti Salo <as@yritys.example>\r\nSubject: Poissaolo\r\n",
        "Olen lomalla 31.7. saakka.\r\n"},
       {"Urlop", "Return-Path: <>\r\nFrom: Piotr Lis <pl@firma.example>\r\nSubject: Urlop\r\n",
        "Wracam 12 sierpnia. W pilnych sprawach proszę dzwonić do sekretariatu.\r\n"},
       {"Szabadságon vagyok",
        "Return-Path: <>\r\nFrom: Kis Anna <ka@ceg.example>\r\nSubject: Szabadságon vagyok\r\n",
        "Augusztus 12-én leszek újra elérhető.\r\n"},
       {"Concediu", "Return-Path: <>\r\nFrom: Ion Pop <ip@firma.example>\r\nSubject: Concediu\r\n",
        "Revin la birou pe 12 august.\r\n"},
       {"İzindeyim",
        "Return-Path: <>\r\nFrom: Ali Kaya <ak@sirket.example>\r\nSubject: İzindeyim\r\n",
        "12 Ağustos'ta döneceğim.\r\n"},
       {"В отпуске", "Return-Path: <>\r\nFrom: Иван <iv@firma.example>\r\nSubject: В отпуске\r\n",
        "Буду на связи после 12 августа. По срочным вопросам пишите Ольге: olga@firma.example\r\n"},
       {"夏季休業のご案内",
        "Return-Path: <>\r\nFrom: 高橋 <tk@kaisha.example>\r\nSubject: 夏季休業のご案内\r\n",
        "8月11日から15日まで夏季休業をいただきます。\r\n"},
       {"休假中", "Return-Path: <>\r\nFrom: 陳 <ch@gongsi.example>\r\nSubject: 休假中\r\n",
        "我將於8月12日返回公司。\r\n"},
       {"부재중", "Return-Path: <>\r\nFrom: 김민수 <km@hoesa.example>\r\nSubject: 부재중\r\n",
        "8월 12일에 복귀합니다.\r\n"},
       {"RE: figures",
        "Return-Path: <>\r\nFrom: Vera May <vm@corp.example>\r\nSubject: RE: figures\r\n",
        "Working from a train with poor reception; answers may take a day.\r\n"}});
}

TEST(AnswerWordsTest, WhoMovedToAnotherAddressAnswersByItself) {
  expect_all(
      Kind::AutoReply,
      {{"New e-mail address",
        "Return-Path: <>\r\nFrom: old@isp.example\r\nSubject: New e-mail address\r\nPrecedence: "
        "bulk\r\n",
        "Please note that this address will be switched off at the end of June. Use "
        "ann@new.example instead.\r\n"},
       {"Neue Adresse",
        "Return-Path: <>\r\nFrom: Ute Lang <ul@firma.example>\r\nSubject: Neue Adresse\r\n",
        "Meine Adresse hat sich geändert: ute.lang@neu.example. Ihre Mail wurde dorthin "
        "weitergeleitet.\r\n"},
       {"Changement d'adresse",
        "Return-Path: <>\r\nFrom: Julie Roy <jr@ecole.example>\r\nSubject: Changement "
        "d'adresse\r\n",
        "Cette boîte n'est plus relevée. Écrivez-moi désormais à julie@nouvelle.example.\r\n"},
       {"He cambiado de correo",
        "Return-Path: <>\r\nFrom: Eva Sanz <es@vieja.example>\r\nSubject: He cambiado de "
        "correo\r\n",
        "A partir de ahora escríbeme a eva@nueva.example; este buzón ya no se lee.\r\n"},
       {"Adreswijziging",
        "Return-Path: <>\r\nFrom: info@winkel.example\r\nSubject: Adreswijziging\r\n",
        "Ons mailadres is veranderd in hallo@nieuw.example. Dit adres vervalt.\r\n"},
       {"メールアドレス変更のお知らせ",
        "Return-Path: <>\r\nFrom: 鈴木 <sz@kaisha.example>\r\nSubject: "
        "メールアドレス変更のお知らせ\r\n",
        "新しいアドレスは sz@atarashii.example です。このアドレスは使用しておりません。\r\n"}});
}

TEST(AnswerWordsTest, PeopleShopsAndEventsThatSaySuchWordsAreOrdinary) {
  expect_all(
      Kind::Ordinary,
      {{"Order 88120 received",
        "From: Shop <noreply@shop.example>\r\nSubject: Order 88120 received\r\nAuto-Submitted: "
        "auto-generated\r\n",
        "Thank you for your order. Your order number is 88120. We will notify you when it "
        "ships.\r\n"},
       {"We've received your order #5512",
        "From: Shop <orders@shop.example>\r\nSubject: We've received your order #5512\r\n",
        "Thanks for your purchase. Order #5512 has been registered. Our team will contact you if "
        "needed.\r\n"},
       {"Ihr Paket wartet auf Abholung",
        "From: Parcel <noreply@parcel.example>\r\nSubject: Ihr Paket wartet auf "
        "Abholung\r\nAuto-Submitted: auto-generated\r\n",
        "Ihre Sendung liegt bereit. Bitte bestätigen Sie den Abholtermin: "
        "https://paket.example\r\n"},
       {"Invoice 20190412",
        "From: Billing <billing@telco.example>\r\nSubject: Invoice 20190412\r\n",
        "Please find your invoice. Payment is due within 14 days. Quote the reference number in "
        "your payment.\r\n"},
       {"RE: Ticket 4412 printer",
        "From: Jan from Helpdesk <helpdesk@corp.example>\r\nSubject: RE: Ticket 4412 "
        "printer\r\nIn-Reply-To: <1@example.net>\r\n",
        "Hi Tom, I registered your request and will look into it today. Is the printer on? "
        "Jan\r\n"},
       {"[Ticket 4412] has been solved",
        "From: Support <support@soft.example>\r\nSubject: [Ticket 4412] has been "
        "solved\r\nAuto-Submitted: auto-generated\r\nIn-Reply-To: <1@example.net>\r\n",
        "Your ticket 4412 was marked as solved. Reply to reopen it.\r\n"},
       {"Your ticket 4412 has been updated",
        "From: Support <support@soft.example>\r\nSubject: Your ticket 4412 has been "
        "updated\r\nAuto-Submitted: auto-generated\r\nIn-Reply-To: <1@example.net>\r\n",
        "An agent added a comment: please install the patch. Your request number is 4412.\r\n"},
       {"AW: Angebot",
        "From: Lisa Berg <lb@firma.example>\r\nSubject: AW: Angebot\r\nIn-Reply-To: "
        "<1@example.net>\r\n",
        "Danke für Ihre Nachricht, ich habe alles erhalten und melde mich nächste Woche. Gruß "
        "Lisa\r\n"},
       {"AW: Termin",
        "From: Lisa Berg <lb@firma.example>\r\nSubject: AW: Termin\r\nIn-Reply-To: "
        "<1@example.net>\r\n",
        "Bin im Urlaub bis Montag, aber Freitag geht bei mir klar. Bitte kurz bestätigen!\r\n"},
       {"Urlaub", "From: Lisa Berg <lb@firma.example>\r\nSubject: Urlaub\r\n",
        "Hallo Tom, ich bin ab Montag im Urlaub. Urgent things go to Karl. Gruß Lisa\r\n"},
       {"we're away", "From: Mum <mum@home.example>\r\nSubject: we're away\r\n",
        "Hi love, we are away until Sunday. Feed the cat please.\r\n"},
       {"Office closed on Monday",
        "From: HR <hr@corp.example>\r\nSubject: Office closed on Monday\r\n",
        "Dear all, the office will be closed on Monday 3 May. HR\r\n"},
       {"[repo] Report 118 opened",
        "From: GitHub <notifications@code.example>\r\nSubject: [repo] Report 118 "
        "opened\r\nAuto-Submitted: auto-generated\r\n",
        "Someone opened report 118: please verify on Linux. Reply to this email directly or view "
        "it on the web.\r\n"},
       {"Re: 見積",
        "From: Sato <sato@kaisha.example>\r\nSubject: Re: 見積\r\nIn-Reply-To: <1@example.net>\r\n",
        "ご連絡ありがとうございます。来週まで出張ですが、確認して返信します。佐藤\r\n"},
       {"Re: договор",
        "From: Иван <iv@firma.example>\r\nSubject: Re: договор\r\nIn-Reply-To: <1@example.net>\r\n",
        "Спасибо за письмо, получил. Отвечу завтра, сегодня в командировке.\r\n"},
       {"Re: factura",
        "From: Luis <l@obra.example>\r\nSubject: Re: factura\r\nIn-Reply-To: <1@example.net>\r\n",
        "Recibido, gracias. Confirmo que su factura está registrada. Saludos\r\n"},
       {"Anmeldebestätigung", "From: Kurs <info@kurs.example>\r\nSubject: Anmeldebestätigung\r\n",
        "Ihre Anmeldung zum Kurs ist eingegangen. Kursnummer 4412. Bitte überweisen Sie die "
        "Gebühr.\r\n"},
       {"Your registration is confirmed",
        "From: Event <noreply@event.example>\r\nSubject: Your registration is "
        "confirmed\r\nAuto-Submitted: auto-generated\r\n",
        "You are registered for the conference. Ticket number 4412. Please bring your ticket.\r\n"},
       {"Votre billet",
        "From: Event <noreply@event.example>\r\nSubject: Votre billet\r\nAuto-Submitted: "
        "auto-generated\r\n",
        "Votre commande 4412 a été enregistrée. Vos billets sont joints.\r\n"},
       {"Ihr Ticket 4412",
        "From: Rail <noreply@rail.example>\r\nSubject: Ihr Ticket 4412\r\nAuto-Submitted: "
        "auto-generated\r\n",
        "Vielen Dank für Ihre Buchung. Ihr Online-Ticket mit der Nummer 4412 finden Sie hier: "
        "https://rail.example\r\n"},
       {"Submission received",
        "From: Gov <noreply@tax.example>\r\nSubject: Submission received\r\nAuto-Submitted: "
        "auto-generated\r\n",
        "Your tax return was received. Reference number 4412. No action is needed.\r\n"},
       {"Newsletter registration form",
        "From: Club <club@group.example>\r\nSubject: Newsletter registration form\r\n",
        "Please confirm attendance at the AGM. If you want to subscribe to the newsletter, tell "
        "Jo.\r\n"},
       {"New email address", "From: Jo <jo@club.example>\r\nSubject: New email address\r\n",
        "Hi all, my email address has changed, please use jo@new.example from now on.\r\n"},
       {"My new address", "From: Jo <jo@club.example>\r\nSubject: My new address\r\n",
        "Dear Tom, I've moved! My new address is 12 Mill Lane. Jo\r\n"},
       {"Störung behoben", "From: Jens <j@firma.example>\r\nSubject: Störung behoben\r\n",
        "Hallo, Ihre Meldung von gestern habe ich aufgenommen, Ticket 4412. Die Störung ist "
        "behoben. Jens\r\n"},
       {"Your enquiry", "From: Supplier <sales@parts.example>\r\nSubject: Your enquiry\r\n",
        "Dear Tom, thank you for your enquiry of 3 May. Please find our quotation attached. "
        "Regards, Max\r\n"},
       {"Re: Your enquiry",
        "From: Supplier <sales@parts.example>\r\nSubject: Re: Your enquiry\r\nIn-Reply-To: "
        "<1@example.net>\r\n",
        "Dear Tom, thank you for your request. We have received your drawings and will send a "
        "quote tomorrow. Regards, Max\r\n"},
       {"Re: Out of office: figures",
        "From: Anna Ray <anna@corp.example>\r\nSubject: Re: Out of office: figures\r\nIn-Reply-To: "
        "<1@example.net>\r\n",
        "Enjoy your leave! I'll wait until you're back on Monday.\r\n"},
       {"Re: Please confirm your message",
        "From: Anna Ray <anna@corp.example>\r\nSubject: Re: Please confirm your "
        "message\r\nIn-Reply-To: <1@example.net>\r\n",
        "Did you get this challenge thing too? It says my mail is held until I click a link. Is it "
        "spam?\r\n"}});
}

TEST(AnswerWordsTest, RepliesOfPeopleWhoseSystemAsksForNoAnswersAreOrdinary) {
  expect_all(Kind::Ordinary,
             {{"RE: Request 7712",
               "From: Amy <amy@soft.example>\r\nSubject: RE: Request "
               "7712\r\nX-Auto-Response-Suppress: OOF\r\nIn-Reply-To: <1@example.net>\r\n",
               "We received your request number 7712. I need one more file. Thanks, Amy\r\n"},
              {"RE: Letter",
               "From: Karl Ernst <ke@firm.example>\r\nSubject: RE: "
               "Letter\r\nX-Auto-Response-Suppress: OOF\r\nIn-Reply-To: <1@example.net>\r\n",
               "Dear Tom, thank you for your message. We have received your letter and will get "
               "back to you within 5 days. Our reference 7712. Regards, Karl\r\n"},
              {"AW: Anfrage",
               "From: Ute <ute@firma.example>\r\nSubject: AW: Anfrage\r\nX-Auto-Response-Suppress: "
               "OOF\r\nIn-Reply-To: <1@example.net>\r\n",
               "Vielen Dank für Ihre Anfrage. Wir haben Ihre Unterlagen erhalten und melden uns. "
               "Mit freundlichen Grüßen, Ute Lang\r\n"},
              {"RE: reserva",
               "From: Ana <ana@obra.example>\r\nSubject: RE: reserva\r\nX-Auto-Response-Suppress: "
               "OOF\r\nIn-Reply-To: <1@example.net>\r\n",
               "Gracias por su mensaje. Hemos recibido su solicitud y le responderemos en breve. "
               "Ana\r\n"}});
}

TEST(AnswerWordsTest, WhatATrackerWasToldOfAbsencesIsOrdinary) {
  expect_all(Kind::Ordinary, {{"[proj 118] created: out of office loop",
                               "From: Tracker <tracker@proj.example>\r\nSubject: [proj 118] "
                               "created: out of office loop\r\nAuto-Submitted: auto-generated\r\n",
                               "The autoresponder said \"I am away until Monday\" and opened a "
                               "case. Assigned to Karl.\r\n"}});
}

}  // namespace
}  // namespace backstop::reading
