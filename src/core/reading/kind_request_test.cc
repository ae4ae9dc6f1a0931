// Challenges and confirmations of lists, per product and language, and their innocent twins.
#include <gtest/gtest.h>

#include <string>

#include "core/reading/kind_sample.h"

namespace backstop::reading {
namespace {

TEST(KindRequestTest, ProgramsThatChallengeSendersAreTold) {
  expect_all(
      Kind::Challenge,
      {{"TMDA",
        "From: Carla <carla@example.org>\r\nSubject: Please confirm your message\r\n"
        "Reply-To: carla-confirm-1126145707.8550.263eff@example.org\r\n"
        "X-Delivery-Agent: TMDA/1.1.12 (Macallan)\r\nAuto-Submitted: auto-replied\r\n",
        "This message was created automatically by mail delivery software (TMDA).\r\n\r\n"
        "To release your message for delivery, please send an empty message\r\n"
        "to the following address.\r\n"},
       {"TMDA of old",
        "From: carla@example.org\r\nSubject: Please confirm your message\r\n"
        "Reply-To: carla-confirm-1026145707.8550.263eff@example.org\r\n",
        "Your e-mail message with the subject of \"Hello\"\r\n"
        "was not delivered because your address was not recognized.\r\n"},
       {"TMDA accepts",
        "Return-Path: <>\r\nFrom: carla@example.org\r\nSubject: Confirmation accepted\r\n",
        "Your confirmation was accepted, and so your original message has been\r\ndelivered.\r\n"},
       {"Active Spam Killer",
        "From: carla@example.org\r\nSubject: Please confirm (conf#0123456789abcdef0123456789abcdef)"
        "\r\nX-AskVersion: 2.5.3\r\nX-ASK-Info: Confirmation sent (2026/01/03 10:00:00)\r\n",
        "Por favor, responda a este mensaje.\r\n"},
       {"BoxTrapper",
        "From: carla@example.org\r\nX-Boxtrapper: 6Tb9hvJ9yAuJH2FC\r\nPrecedence: auto_reply\r\n"
        "Subject: Your email requires verification verify#rytsCps-1755808398\r\n",
        "The message you sent requires that you verify that you\r\n"
        "are a real live human being and not a spam source.\r\n"},
       {"Spam Arrest",
        "From: carla@example.org\r\nSubject: Re: Hello\r\nX-Spamarrest-noauth: 1\r\n",
        "Just this once, click the link below so I can receive your emails.\r\n"
        "You won't have to do this again.\r\n"},
       {"EarthLink spamBlocker",
        "Return-Path: <spamblocker-challenge@bounce.example.org>\r\nFrom: carla@example.org\r\n"
        "Subject: Re: Hello\r\n",
        "I apologize for this automatic reply to your email.\r\n\r\n"
        "To control spam, I now allow incoming messages only from senders I have approved.\r\n"},
       {"iPermitMail",
        "Return-Path: <challenge_resp@ipermitmail.example>\r\nFrom: carla@example.org\r\n"
        "Subject: Re: Invoice\r\n",
        "Please click the link below so that I can receive your message.\r\n"},
       {"Vanquish",
        "From: \"Confirmation from carla\" <confirm-carla@spamguard.vanquish.example>\r\n"
        "Subject: Re: Offer\r\n",
        "I am now using Vanquish to avoid spam.\r\n"},
       {"Bluebottle",
        "From: carla@bluebottle.example\r\nSubject: RE: Hello\r\nX-Bluebottle-Request: <1>\r\n",
        "This account is protected by Bluebottle. Please click on the link.\r\n"},
       {"UOL AntiSpam",
        "From: \"AntiSpam UOL\" <carla@uol.example>\r\nSubject: ANTISPAM UOL » TIRA-TEIMA\r\n",
        "Carla está usando o serviço AntiSpam UOL. Para que sua mensagem seja encaminhada,"
        " clique no link abaixo.\r\n"},
       {"Mailinblack", "From: carla@example.fr\r\nSubject: Demande d'authentification\r\n",
        "Cette boîte est protégée par MailInBlack. Pour que votre message soit remis,\r\n"
        "veuillez vous authentifier en cliquant ici.\r\n"}});
}

TEST(KindRequestTest, ChallengesOfUnknownProgramsAreToldInEveryLanguage) {
  expect_all(
      Kind::Challenge,
      {{"en",
        "From: carla@example.org\r\nSubject: Your mail to carla@example.org requires confirmation"
        "\r\nAuto-Submitted: auto-replied\r\n",
        "Your message has been held. Please confirm that you are a real person.\r\n"},
       {"de",
        "From: carla@example.org\r\nSubject: Bitte bestätigen Sie Ihre Nachricht\r\n"
        "Auto-Submitted: auto-replied\r\n",
        "Ihre Nachricht wurde noch nicht zugestellt. Bitte bestätigen Sie, dass Sie sie\r\n"
        "geschickt haben, damit Ihre Nachricht zugestellt wird.\r\n"},
       {"fr",
        "From: carla@example.org\r\nSubject: Merci de confirmer votre message\r\n"
        "Auto-Submitted: auto-replied\r\n",
        "Votre message est en attente. Pour que votre message soit remis, cliquez.\r\n"},
       {"es",
        "From: carla@example.org\r\nSubject: Confirme su mensaje\r\nAuto-Submitted: auto-replied"
        "\r\n",
        "Su mensaje ha sido retenido. Para que su mensaje sea entregado, responda.\r\n"},
       {"pt", "From: carla@example.org\r\nSubject: Confirme sua mensagem\r\n",
        "Sua mensagem ainda não foi entregue. Para que sua mensagem seja entregue, clique.\r\n"},
       {"ru", "From: carla@example.org\r\nSubject: Требуется подтверждение\r\n",
        "Ваше сообщение задержано. Чтобы ваше письмо было доставлено, ответьте.\r\n"},
       {"ja",
        "From: carla@example.org\r\nSubject: 送信者確認のお願い\r\nPrecedence: auto_reply\r\n",
        "お送りいただいたメールは保留されています。迷惑メール対策のため、返信してください。\r\n"},
       {"zh",
        "From: carla@example.org\r\nSubject: 请确认您的邮件\r\nAuto-Submitted: auto-replied\r\n",
        "您的邮件尚未投递。请直接回复此邮件以完成验证。\r\n"}});
}

TEST(KindRequestTest, ListManagersAreToldByTheirTokensInAnyLanguage) {
  expect_all(
      Kind::SubscriptionConfirm,
      {{"Mailman 2 in a language without phrases",
        "From: hobby-request@lists.example.org\r\n"
        "Subject: confirm 4761d5654ec3bf0dd7d9ff81478a6fd85559750a\r\n",
        "Registado para a lista hobby\r\n"},
       {"Mailman 2 after bounces",
        "From: hobby-request@lists.example.org\r\n"
        "Subject: confirm 1cdd89380e8211bacdd93cad6715f55137e3264e\r\n",
        "Your membership has been disabled due to excessive bounces.\r\n"},
       {"Mailman 2 probes",
        "From: hobby-owner@lists.example.org\r\nSubject: Hobby mailing list probe message\r\n"
        "X-List-Administrivia: yes\r\nList-Id: <hobby.lists.example.org>\r\n",
        "Det här är ett testmeddelande.\r\n"},
       {"Mailman 3",
        "From: hobby-confirm+4b5f0a77c1d2@lists.example.org\r\n"
        "Subject: Your confirmation is needed to join the hobby@lists.example.org mailing "
        "list.\r\n",
        "Email Address Registration Confirmation\r\n"},
       {"Majordomo 2",
        "From: majordomo@example.org\r\n"
        "Subject: DA13-7367-1050 : CONFIRM from hobby (subscribe)\r\n",
        "La requête suivante\r\n"},
       {"Majordomo 1",
        "From: Majordomo@example.org\r\nSubject: Confirmation for subscribe hobby\r\n",
        "Someone (possibly you) has requested that your email address be added to\r\n"
        "or deleted from the mailing list \"hobby@example.org\".\r\n"},
       {"ezmlm",
        "From: hobby-help@example.org\r\nSubject: confirm subscribe to hobby@example.org\r\n"
        "Reply-To: hobby-sc.1034703413.bkdcpmlpddmlkpjmkbid-anna=example.net@example.org\r\n",
        "Bonjour ! Je suis le programme de gestion de la liste.\r\n"},
       {"mlmmj",
        "From: board+owner@example.org\r\nSubject: Potvrdenie prihlásenia\r\n"
        "Reply-To: board+confsub-388132b1a3c78d92@example.org\r\n",
        "Dobrý deň.\r\n"},
       {"mlmmj leaves",
        "From: board+owner@example.org\r\nSubject: Confirm unsubscription from board@example.org"
        "\r\nReply-To: board+confunsub-388132b1a3c78d92@example.org\r\n",
        "Somebody has requested that your email address be removed.\r\n"},
       {"Sympa",
        "From: SYMPA <sympa@example.org>\r\nSubject: AUTH 4f2b8c1d subscribe hobby Anna\r\n",
        "Vous avez demandé votre abonnement.\r\n"},
       {"LISTSERV",
        "From: \"LISTSERV at EXAMPLE\" <listserv@example.org>\r\n"
        "Subject: Command confirmation request (B4DE0FC4)\r\n",
        "Your command: SUBSCRIBE HOBBY Anna has been received.\r\n"},
       {"Yahoo! Groups",
        "From: Yahoo! Groups <notify@groups.example>\r\n"
        "Reply-To: confirm-s2-RbYzQ6k0pGx-anna=example.net@groups.example\r\n"
        "Subject: Please confirm your request to join hobby\r\n",
        "Hello anna@example.net,\r\n"}});
}

TEST(KindRequestTest, NewslettersThatWantAConfirmationAreTold) {
  expect_all(
      Kind::SubscriptionConfirm,
      {{"Mailchimp",
        "From: Anna's letters <anna@letters.example>\r\n"
        "Subject: Anna's letters: Please Confirm Subscription\r\n",
        "Yes, subscribe me to this list.\r\n\r\nIf you received this email by mistake, simply"
        " delete it.\r\nYou won't be subscribed if you don't click the confirmation link "
        "above.\r\n"},
       {"FeedBurner",
        "From: FeedBurner Email Subscriptions <noreply@feeds.example>\r\n"
        "Subject: Activate your Email Subscription to: A blog\r\n",
        "You recently requested an email subscription to A blog.\r\n"},
       {"phpList", "From: News <news@example.org>\r\nSubject: Request for confirmation\r\n",
        "Almost welcome to our newsletter(s) ...\r\n\r\nSomeone, hopefully you, has subscribed your"
        " email address to the following newsletters:\r\n"},
       {"de",
        "From: Laden <newsletter@example.org>\r\n"
        "Subject: Bitte bestätigen Sie Ihre Newsletter-Anmeldung\r\n",
        "vielen Dank für die Anmeldung zu unserem Newsletter. Bitte bestätigen Sie Ihre Anmeldung:"
        "\r\n"},
       {"fr",
        "From: Boutique <noreply@example.org>\r\n"
        "Subject: Confirmez votre inscription à la newsletter\r\n",
        "Pour confirmer votre inscription, cliquez ici.\r\n"},
       {"es", "From: Tienda <noreply@example.org>\r\nSubject: Confirma tu suscripción\r\n",
        "Para confirmar tu suscripción al boletín, haz clic aquí.\r\n"},
       {"it", "From: Negozio <newsletter@example.org>\r\nSubject: Conferma la tua iscrizione\r\n",
        "Per confermare l'iscrizione alla newsletter clicca qui.\r\n"},
       {"pt", "From: Loja <noreply@example.org>\r\nSubject: Confirme sua inscrição\r\n",
        "Clique para confirmar sua inscrição em nossa newsletter.\r\n"},
       {"nl", "From: Winkel <nieuwsbrief@example.org>\r\nSubject: Bevestig je inschrijving\r\n",
        "Klik om je inschrijving te bevestigen voor onze nieuwsbrief.\r\n"},
       {"ru", "From: News <noreply@example.org>\r\nSubject: Подтверждение подписки\r\n",
        "Чтобы подтвердить подписку на нашу рассылку, перейдите по ссылке.\r\n"},
       {"pl", "From: Sklep <newsletter@example.org>\r\nSubject: Potwierdź subskrypcję\r\n",
        "Aby potwierdzić zapis na nasz newsletter, kliknij.\r\n"},
       {"sv", "From: Butik <no-reply@example.org>\r\nSubject: Bekräfta din prenumeration\r\n",
        "Klicka för att bekräfta din prenumeration på vårt nyhetsbrev.\r\n"},
       {"ja", "From: News <noreply@example.org>\r\nSubject: メールマガジン登録のご確認\r\n",
        "メールマガジンの登録を受け付けました。まだ登録は完了していません。\r\n"},
       {"zh", "From: News <noreply@example.org>\r\nSubject: 请确认您的订阅\r\n",
        "请点击下面的链接确认您的订阅。\r\n"}});
}

TEST(KindRequestTest, WhatOnlySaysSuchWordsIsOrdinary) {
  expect_all(
      Kind::Ordinary,
      {{"a person asks", "From: bob@example.org\r\nSubject: Please confirm your message\r\n",
        "Hi Anna, did you write this? Bob\r\n"},
       {"a person forwards a challenge",
        "From: bob@example.org\r\nSubject: Fwd: Your email requires verification verify#rytsCps-1"
        "\r\n",
        "What is this?\r\n\r\nThe message you sent requires that you verify that you\r\n"
        "are a real live human being and not a spam source.\r\n"},
       {"a link rewritten by a filter", "From: bob@example.org\r\nSubject: Lunch\r\n",
        "See https://x.mailinblack.example/securelink/ and SpamLion.\r\n"},
       {"a person quotes a challenge",
        "From: bob@example.org\r\nSubject: Re: Please confirm your message\r\n",
        "> To release your message for delivery, please send an empty message\r\nHow odd.\r\n"},
       {"a post on challenges",
        "From: bob@example.org\r\nSubject: challenge-response\r\nList-Id: <l.example.org>\r\n",
        "TMDA writes: to release your message for delivery, please send an empty message\r\n"
        "and that confirmation verifies that your message is legitimate.\r\n"},
       {"a person answers a list manager",
        "From: bob@example.org\r\n"
        "Subject: Re: confirm 4761d5654ec3bf0dd7d9ff81478a6fd85559750a\r\n",
        "I did not ask for this.\r\n"},
       {"an account is confirmed",
        "From: no-reply@shop.example\r\nSubject: Confirm your email address\r\n"
        "Auto-Submitted: auto-generated\r\n",
        "You can confirm your account email through the link below.\r\n"},
       {"a password is reset",
        "From: no-reply@shop.example\r\nSubject: Reset password instructions\r\n"
        "Auto-Submitted: auto-generated\r\n",
        "Someone has requested a link to change your password.\r\n"},
       {"an order is confirmed",
        "From: noreply@shop.example\r\nReply-To: order-confirm-12345678@shop.example\r\n"
        "Subject: Order confirmation 12345678\r\n",
        "Thank you for your order.\r\n"},
       {"a newsletter greets", "From: newsletter@example.org\r\nSubject: Welcome\r\n",
        "Thank you for subscribing to our newsletter.\r\n"},
       {"Mailman's monthly reminder",
        "From: mailman-owner@lists.example.org\r\nSubject: lists.example.org mailing list"
        " memberships reminder\r\nX-List-Administrivia: yes\r\n",
        "This is a reminder, sent out once a month, about your list memberships.\r\n"},
       {"Mailman holds a post",
        "From: hobby-owner@lists.example.org\r\nSubject: Ihre Nachricht wartet auf Moderation\r\n"
        "X-List-Administrivia: yes\r\n",
        "http://lists.example.org/mailman/confirm/hobby/4761d565\r\n"},
       {"a service's customer writes", "From: carla@bluebottle.example\r\nSubject: Lunch\r\n",
        "See you at noon.\r\n"},
       {"TMDA's user writes",
        "From: carla@example.org\r\nSubject: Lunch\r\nX-Delivery-Agent: TMDA/1.1.12 (Macallan)\r\n",
        "See you at noon.\r\n"}});
}

TEST(KindRequestTest, SympaIsToldByItsLinkInAnyLanguage) {
  expect_all(Kind::SubscriptionConfirm,
             {{"de",
               "From: SYMPA <sympa@lists.example.org>\r\nAuto-Submitted: auto-replied\r\n"
               "Subject: Listen / Abonnement von hobby\r\n",
               "Falls Sie die Ausführung dieser Aktion wünschen, klicken Sie auf diesen Link:\r\n"
               "https://lists.example.org/sympa/auth/9a7e2be5bae84fc4/subscribe\r\n"},
              {"hu",
               "From: SYMPA <sympa@lists.example.org>\r\nAuto-Submitted: auto-replied\r\n"
               "Subject: Listák / feliratkozás\r\n",
               "Ha meg akarja erősíteni, kattintson ide:\r\n"
               "https://lists.example.org/sympa/auth/9a7e2be5bae84fc4/subscribe\r\n"}});
}

}  // namespace
}  // namespace backstop::reading
