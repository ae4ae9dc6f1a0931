// Acknowledgements of tickets, and what is none, through read_message.  All texts were written for
// this test.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/reading/answer_sample.h"

namespace backstop::reading {
namespace {

constexpr const char* kFrom = "Support <support@there.example>";
constexpr const char* kGenerated = "Auto-Submitted: auto-generated\r\n";
constexpr const char* kZendesk =
    "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
    "X-Mailer: Zendesk Mailer\r\nX-Zendesk-From-Account-Id: 1a2b3c4\r\n";

TEST(KindAnswerTicketTest, HelpDesksAreToldByTheirFieldsAndWords) {
  const Mail mails[] = {
      {"Zendesk", "[Request received] Printer on fire", kZendesk,
       "##- Please type your reply above this line -##\r\nYour request (12345) has been received "
       "and is being reviewed by our support staff.",
       "en"},
      {"OTRS", "[Ticket#2026112110000012] RE: Printer on fire",
       "X-Mailer: OTRS Mail Service (6.0)\r\nX-Powered-By: OTRS\r\nX-Loop: yes\r\n"
       "Precedence: bulk\r\nAuto-Submitted: auto-generated\r\nIn-Reply-To: <1@here.example>\r\n",
       "Thanks for your email. A new ticket has been created.", "en"},
      {"Znuny, German", "[Ticket#2026112110000012] RE: Drucker",
       "X-Powered-By: Znuny\r\nPrecedence: bulk\r\nAuto-Submitted: auto-generated\r\n",
       "vielen Dank für Ihre Anfrage. Zu Ihrer Nachricht wurde ein Ticket eröffnet.", "de"},
      {"Zammad", "Thanks for your inquiry (Printer on fire)",
       "X-Mailer: Zammad Mail Service\r\nPrecedence: bulk\r\nAuto-Submitted: auto-generated\r\n",
       "Your request (Ticket#22001) has been received and will be reviewed by our support staff.",
       "en"},
      {"RT", "[there.example #1234] AutoReply: Printer on fire",
       "RT-Ticket: there.example #1234\r\nManaged-By: RT 4.4.4\r\nPrecedence: bulk\r\n",
       "Greetings,\r\n\r\nThis message has been automatically generated in response to the\r\n"
       "creation of a trouble ticket regarding:\r\n\t\"Printer on fire\",\r\na summary of which "
       "appears below.",
       "en"},
      {"Freshdesk", "Ticket Received - Printer on fire", kAnswer,
       "Dear Bob, We would like to acknowledge that we have received your request and a ticket has "
       "been created with Ticket ID - 1234.",
       "en"},
      {"Jira", "SUP-12 Printer on fire",
       "X-JIRA-FingerPrint: 0123456789abcdef\r\nAuto-Submitted: auto-generated\r\n"
       "Precedence: bulk\r\n",
       "Just confirming that we got your request. We're on it.", "en"},
      {"osTicket", "Support Ticket Opened [#123456]",
       "X-Mailer: osTicket Mailer\r\nAuto-Submitted: auto-replied\r\nX-Autoreply: yes\r\n",
       "A request for support has been created and assigned #123456. A representative will "
       "follow-up with you as soon as possible.",
       "en"},
      {"FreeScout", "Re: Printer on fire",
       "X-FreeScout-Mail-Type: auto.reply\r\nAuto-Submitted: auto-replied\r\n",
       "We've received your request and will answer within a day.", "en"},
      {"GitLab Service Desk", "Re: Printer on fire (#12)", "Auto-Submitted: auto-generated\r\n",
       "Thank you for your support request! We are tracking your request as ticket #12, and will "
       "respond as soon as we can.",
       "en"},
      {"ServiceNow", "INC0010001 has been opened on your behalf",
       "X-ServiceNow-Generated: true\r\nAuto-Submitted: auto-generated\r\nPrecedence: bulk\r\n",
       "Your incident INC0010001 has been created.", "en"},
      {"Salesforce", "New Case: 00012345 [ ref:_00D5000._5001234:ref ]", "X-SFDC-LK: 00D50\r\n",
       "Your case has been created with case number 00012345.", "en"},
      {"ManageEngine", "[Request ID :##1234##] : Printer on fire", kGenerated,
       "Your request has been logged with request id ##1234##.", "en"},
      {"TOPdesk", "Uw melding M2601 001", kGenerated,
       "Uw melding is geregistreerd onder nummer M2601 001.", "nl"},
      {"debbugs", "Bug#912345: Acknowledgement (printer on fire)",
       "X-Debian-PR-Message: ack 912345\r\nPrecedence: bulk\r\nIn-Reply-To: <1@here.example>\r\n",
       "Thank you for filing a new Bug report. This is an automatically generated reply to let you "
       "know your message has been received.",
       "en"},
      {"GLPI, French", "[GLPI #0001234] Nouveau ticket Imprimante", kGenerated,
       "URL : https://there.example/ Ticket : Description", nullptr},
      {"help desk of unknown make", "Your ticket #4711: printer on fire", kGenerated,
       "Your ticket has been created. A member of our support team will contact you.", "en"},
      {"a number in the subject, no word there", "[#4711] Printer on fire", "Precedence: bulk\r\n",
       "Thank you for contacting us. We have received your request and opened ticket #4711.", "en"},
      {"the subject of the original", "Re: Printer on fire",
       "Auto-Submitted: auto-generated\r\nIn-Reply-To: <1@here.example>\r\n",
       "Ihre Meldung wurde unter der Nummer 4711 registriert.", "de"},
      {"RFC 3834 with a ticket's words", "Re: Printer on fire", "Auto-Submitted: auto-replied\r\n",
       "We have received your request. Your ticket number is 1234.", "en"},
  };
  expect_answers(kFrom, mails, Kind::TicketAck);
}

TEST(KindAnswerTicketTest, AcknowledgementsAreToldInEveryLanguage) {
  const Mail mails[] = {
      {"de", "[Ticket#4711] Drucker brennt", kGenerated,
       "Guten Tag, Ihre Anfrage ist bei uns eingegangen. Ihre Ticketnummer lautet 4711.", "de"},
      {"fr", "Votre demande #4711", kGenerated,
       "Bonjour, nous avons bien reçu votre demande. Votre numéro de ticket est 4711.", "fr"},
      {"es", "Su solicitud #4711", kGenerated,
       "Estimado cliente: hemos recibido su solicitud. Su número de ticket es 4711.", "es"},
      {"it", "La tua richiesta #4711", kGenerated,
       "Gentile cliente, abbiamo ricevuto la tua richiesta. Il numero di ticket è 4711.", "it"},
      {"pt", "Seu chamado #4711", kGenerated,
       "Olá, recebemos sua solicitação. O número do chamado é 4711.", "pt"},
      {"nl", "Uw aanvraag #4711", kGenerated,
       "Beste klant, wij hebben uw aanvraag ontvangen. Uw ticketnummer is 4711.", "nl"},
      {"ja", "【お問い合わせ受付】#4711", kGenerated,
       "お問い合わせを受け付けました。受付番号は4711です。", "ja"},
      {"ru", "Ваша заявка #4711", kGenerated,
       "Здравствуйте! Ваша заявка принята. Номер заявки: 4711", "ru"},
      {"pl", "Twoje zgłoszenie #4711", kGenerated,
       "Dzień dobry, Twoje zgłoszenie zostało przyjęte. Numer zgłoszenia: 4711", "pl"},
      {"sv", "Ditt ärende #4711", kGenerated,
       "Hej, vi har mottagit ditt ärende. Ditt ärendenummer är 4711.", "sv"},
      {"zh", "您的工单 #4711", kGenerated, "您好，您的工单已创建，工单号: 4711。", "zh"},
      {"Zendesk, de", "[Anfrage erhalten] Drucker", kZendesk,
       "Ihre Anfrage (12345) ist eingegangen und wird von unserem Support-Team bearbeitet.", "de"},
      {"Zendesk, es", "Impresora", kZendesk,
       "Su solicitud (12345) se ha recibido y nuestro equipo de soporte la está revisando.", "es"},
  };
  expect_answers(kFrom, mails, Kind::TicketAck);
}

TEST(KindAnswerTicketTest, WhatATicketSystemSendsBesidesIsOrdinary) {
  const Mail mails[] = {
      {"an agent's words", "Re: Printer on fire", kZendesk,
       "##- Please type your reply above this line -##\r\nHello Bob, please pour water on it."},
      {"an update", "[Support] Update: Printer on fire", kZendesk,
       "Your request (12345) has been updated. To add comments, reply to this email."},
      {"an update above the acknowledgement", "[Support] Re: Printer on fire", kZendesk,
       "Your request (12345) has been solved.\r\n\r\nSupport, 3 May\r\nYour request (12345) has "
       "been received and is being reviewed by our support staff."},
      {"correspondence in RT", "[there.example #1234] Re: Printer on fire",
       "RT-Ticket: there.example #1234\r\nPrecedence: bulk\r\nIn-Reply-To: <1@here.example>\r\n",
       "Please pour water on it."},
      {"an issue tracker", "[PRJ-12] Printer on fire",
       "X-JIRA-FingerPrint: 0123456789abcdef\r\nAuto-Submitted: auto-generated\r\n",
       "Jane Doe commented on PRJ-12: have you tried water?"},
      {"a tracker tells its followers", "[Printer - Bug #12] (New) On fire", kGenerated,
       "Bug #12 has been created by Jane Doe."},
      {"GitHub", "[there/printer] Printer on fire (#12)",
       "List-ID: there/printer <printer.there.example>\r\nPrecedence: list\r\n",
       "I created a ticket, see #12. Your request has been received and is being reviewed by our "
       "support staff, they said."},
      {"an acknowledgement on a list", "[there.example #1234] AutoReply: patch",
       "List-Id: <patches.example.org>\r\nRT-Ticket: there.example #1234\r\n",
       "This message has been automatically generated in response to the creation of a trouble "
       "ticket regarding: patch"},
      {"a person about a ticket", "Ticket #4711", kAnswer,
       "Did you see my ticket? I opened it on Monday, nobody answers."},
      {"a person quotes one", "Re: [Ticket#4711] Printer on fire", kAnswer,
       "It still burns.\r\n> Your ticket has been created. Your ticket number is 4711."},
      {"a person quotes one as Outlook does", "Re: [Ticket#4711] Printer on fire", kAnswer,
       "It still burns.\r\n-----Original Message-----\r\nFrom: Support\r\n"
       "Sent: Monday\r\nTo: Bob\r\nSubject: [Ticket#4711] Printer\r\n\r\nYour ticket has been "
       "created. Your ticket "
       "number is 4711."},
      {"a person quotes one as Outlook does today", "Re: [Ticket#4711] Printer on fire", kAnswer,
       "It still burns.\r\n________________________________\r\nFrom: Support\r\nSent: Monday\r\n"
       "Subject: [Ticket#4711] Printer\r\n\r\nYour ticket has been created with Ticket ID 4711. We "
       "would like to acknowledge that we have received your request."},
      {"a person forwards one", "Fwd: [Request received] Printer on fire", "",
       "FYI\r\nYour request (12345) has been received and is being reviewed by our support staff."},
      {"an order", "Your order #4711", kGenerated,
       "Thank you for your order. We have received your request and send it soon."},
      {"a concert", "Your ticket #4711", kGenerated, "Your ticket for the concert on Monday."},
      {"a password", "Request received #4711", kGenerated,
       "We have received your request to reset your password."},
      {"a digest of a help desk", "[Ticket#4711] Re: mail to us was returned", kGenerated,
       "Bob wrote: the mail I sent to you came back. What shall I do?"},
      {"monitoring", "[Alert #4711] disk full", kGenerated, "A new alert on host web0."},
  };
  expect_answers(kFrom, mails, Kind::Ordinary);
}

}  // namespace
}  // namespace backstop::reading
