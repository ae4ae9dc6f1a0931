// Notices and challenges of programs that no phrase knows, in many languages, and their innocent
// twins.
#include "core/reading/kind_words.h"

#include <gtest/gtest.h>

#include <string>

#include "core/reading/kind_sample.h"
#include "core/reading/notice_words.h"

namespace backstop::reading {
namespace {

TEST(KindWordsTest, VirusNoticesOfUnknownGatewaysAreTold) {
  expect_all(
      Kind::VirusNotice,
      {{"en",
        "Return-Path: <>\r\nFrom: Postfix Gate <gate@example.org>\r\nSubject: Infected mail\r\n",
        "The mail you sent to carla@example.org was infected with Worm.Sober and has been"
        " discarded.\r\n"},
       {"en, to the recipient",
        "From: Anti-Malware Gateway <postmaster@example.org>\r\nSubject: Malware removed\r\n",
        "An e-mail from bob@example.com to you carried Trojan.Agent. The infected part was"
        " removed.\r\n"},
       {"de",
        "Return-Path: <>\r\nFrom: Mailgateway <postmaster@example.org>\r\n"
        "Subject: Schadsoftware in Ihrer E-Mail\r\n",
        "In der von Ihnen versandten E-Mail an carla@example.org wurde Schadsoftware gefunden. Die"
        " E-Mail wurde gelöscht.\r\n"},
       {"fr",
        "Return-Path: <>\r\nFrom: Passerelle <postmaster@example.org>\r\n"
        "Subject: Virus dans votre courriel\r\n",
        "Le courriel que vous avez envoyé à carla@example.org est infecté par Win32.Sality et a été"
        " supprimé.\r\n"},
       {"es",
        "Return-Path: <>\r\nFrom: Servidor de correo <postmaster@example.org>\r\n"
        "Subject: Mensaje infectado\r\n",
        "Su correo dirigido a carla@example.org estaba infectado por un virus y fue borrado.\r\n"},
       {"it",
        "Return-Path: <>\r\nFrom: Gateway posta <postmaster@example.org>\r\n"
        "Subject: Virus nella sua e-mail\r\n",
        "La sua e-mail per carla@example.org era infetta da un virus. Il messaggio è stato"
        " eliminato.\r\n"},
       {"pt",
        "Return-Path: <>\r\nFrom: Servidor <postmaster@example.org>\r\n"
        "Subject: E-mail com vírus bloqueado\r\n",
        "O e-mail que você enviou para carla@example.org está infectado e foi removido.\r\n"},
       {"nl",
        "Return-Path: <>\r\nFrom: Mailgateway <postmaster@example.org>\r\n"
        "Subject: Virus aangetroffen in uw e-mail\r\n",
        "In de e-mail die u verstuurde naar carla@example.org zat een virus. De e-mail is"
        " verwijderd.\r\n"},
       {"sv",
        "Return-Path: <>\r\nFrom: Postmaster <postmaster@example.org>\r\n"
        "Subject: Virus i ditt brev\r\n",
        "Meddelandet du skickade till carla@example.org är smittat av ett virus och har"
        " stoppats.\r\n"},
       {"pl",
        "Return-Path: <>\r\nFrom: Brama pocztowa <postmaster@example.org>\r\n"
        "Subject: Zainfekowana wiadomość\r\n",
        "Twoja wiadomość do carla@example.org zawierała wirusa i została usunięta.\r\n"},
       {"cs",
        "Return-Path: <>\r\nFrom: Postmaster <postmaster@example.org>\r\n"
        "Subject: Ve vaší zprávě byl nalezen virus\r\n",
        "Vaše zpráva pro carla@example.org obsahovala virus a byla smazána.\r\n"},
       {"ru",
        "Return-Path: <>\r\nFrom: Почтовый шлюз <postmaster@example.org>\r\n"
        "Subject: Вредоносная программа в письме\r\n",
        "Ваше письмо для carla@example.org содержит вирус и было удалено.\r\n"},
       {"ja",
        "Return-Path: <>\r\nFrom: Mail Gateway <postmaster@example.org>\r\n"
        "Subject: ウイルスメール駆除通知\r\n",
        "あなたのメールに含まれるウイルスを検知したため、削除しました。\r\n"},
       {"zh",
        "Return-Path: <>\r\nFrom: 邮件网关 <postmaster@example.org>\r\nSubject: 病毒邮件警告\r\n",
        "您发送的邮件被检测出病毒，系统已将其删除。\r\n"},
       {"zh-Hant",
        "Return-Path: <>\r\nFrom: 郵件閘道 <postmaster@example.org>\r\nSubject: 病毒郵件通知\r\n",
        "您的郵件夾帶病毒，已被刪除。\r\n"},
       {"ko",
        "Return-Path: <>\r\nFrom: Gateway <postmaster@example.org>\r\nSubject: 바이러스 발견\r\n",
        "귀하의 메일에서 바이러스가 발견되어 삭제되었습니다.\r\n"}});
}

TEST(KindWordsTest, ContentNoticesOfUnknownGatewaysAreTold) {
  expect_all(
      Kind::ContentNotice,
      {{"en, file type",
        "Return-Path: <>\r\nFrom: Mail Gateway <postmaster@example.org>\r\n"
        "Subject: Attachment removed\r\n",
        "Your e-mail to carla@example.org has an attachment of a type that is not permitted here. "
        "It"
        " was stripped.\r\n"},
       {"en, words",
        "Return-Path: <>\r\nFrom: Compliance Filter <filter@example.org>\r\n"
        "Subject: Policy violation in message you sent\r\n",
        "Your message was rejected: it triggered the rule \"profanity\" of our mail policy.\r\n"},
       {"de",
        "Return-Path: <>\r\nFrom: Mailfilter <postmaster@example.org>\r\n"
        "Subject: Unzulässiger Anhang\r\n",
        "Ihre Mail an carla@example.org enthält einen verbotenen Anhang und wurde blockiert.\r\n"},
       {"fr",
        "Return-Path: <>\r\nFrom: Filtre de messagerie <postmaster@example.org>\r\n"
        "Subject: Pièce jointe interdite\r\n",
        "Votre message a été bloqué car il contient une pièce jointe interdite.\r\n"},
       {"es",
        "Return-Path: <>\r\nFrom: Filtro de contenidos <postmaster@example.org>\r\n"
        "Subject: Adjunto no permitido\r\n",
        "Su mensaje ha sido rechazado porque el archivo adjunto no está permitido.\r\n"},
       {"it",
        "Return-Path: <>\r\nFrom: Filtro contenuti <postmaster@example.org>\r\n"
        "Subject: Allegato non consentito\r\n",
        "Il suo messaggio è stato bloccato: l'allegato non è ammesso dalla politica.\r\n"},
       {"pt",
        "Return-Path: <>\r\nFrom: Filtro <postmaster@example.org>\r\nSubject: Anexo proibido\r\n",
        "Sua mensagem foi rejeitada porque contém um anexo proibido.\r\n"},
       {"nl",
        "Return-Path: <>\r\nFrom: Mailfilter <postmaster@example.org>\r\n"
        "Subject: Bijlage niet toegestaan\r\n",
        "Uw bericht is geweigerd omdat de bijlage niet is toegestaan.\r\n"},
       {"sv",
        "Return-Path: <>\r\nFrom: E-postfilter <postmaster@example.org>\r\n"
        "Subject: Otillåten bilaga\r\n",
        "Ditt meddelande har stoppats eftersom bilagan inte är tillåten.\r\n"},
       {"pl",
        "Return-Path: <>\r\nFrom: Filtr <postmaster@example.org>\r\n"
        "Subject: Niedozwolony załącznik\r\n",
        "Twoja wiadomość została zablokowana, ponieważ zawiera niedozwolony załącznik.\r\n"},
       {"ru",
        "Return-Path: <>\r\nFrom: Фильтр <postmaster@example.org>\r\n"
        "Subject: Запрещенное вложение\r\n",
        "Ваше сообщение отклонено: вложение запрещенного типа.\r\n"},
       {"ja",
        "Return-Path: <>\r\nFrom: Mail Filter <postmaster@example.org>\r\n"
        "Subject: 添付ファイル削除のお知らせ\r\n",
        "お送りいただいたメールの添付ファイルは、禁止されている形式のため削除しました。\r\n"},
       {"zh",
        "Return-Path: <>\r\nFrom: 邮件过滤 <postmaster@example.org>\r\nSubject: 附件被拦截\r\n",
        "您的邮件因附件类型违反安全策略而被拦截。\r\n"}});
}

TEST(KindWordsTest, OverviewsOfAQuarantineAreTold) {
  expect_all(
      Kind::ContentNotice,
      {{"en",
        "From: Spam Filter <noreply@example.org>\r\nAuto-Submitted: auto-generated\r\n"
        "Subject: Daily quarantine summary\r\n",
        "3 messages are in quarantine.\r\nFrom: win@example.com Subject: Prize [Release]\r\n"},
       {"de",
        "From: Spamfilter <spam@example.org>\r\nAuto-Submitted: auto-generated\r\n"
        "Subject: Ihr Quarantänebericht\r\n",
        "In der Quarantäne liegen:\r\nAbsender: win@example.com Betreff: Gewinn - Freigeben\r\n"},
       {"fr", "From: Antispam <antispam@example.org>\r\nSubject: Résumé de quarantaine\r\n",
        "Messages en quarantaine :\r\nExpéditeur : win@example.com Objet : Gain - Débloquer\r\n"},
       {"es", "From: Antispam <antispam@example.org>\r\nSubject: Resumen de cuarentena\r\n",
        "Mensajes en cuarentena:\r\nRemitente: win@example.com Asunto: Premio - Liberar\r\n"},
       {"pt", "From: Antispam <antispam@example.org>\r\nSubject: Relatório de quarentena\r\n",
        "Mensagens em quarentena:\r\nRemetente: win@example.com Assunto: Prêmio - Liberar\r\n"},
       {"pl", "From: Antyspam kwarantanna <noreply@example.org>\r\nSubject: Raport kwarantanny\r\n",
        "W kwarantannie są wiadomości:\r\nNadawca: win@example.com Temat: Nagroda - Zwolnij\r\n"},
       {"sv", "From: Karantän <karantan@example.org>\r\nSubject: Rapport från karantänen\r\n",
        "I karantänen finns:\r\nAvsändare: win@example.com Ämne: Vinst - Släpp igenom\r\n"},
       {"ja",
        "From: 迷惑メールフィルタ <noreply@example.org>\r\nSubject: 隔離メール一覧のお知らせ\r\n",
        "隔離されたメール:\r\n差出人: win@example.com 件名: 当選 [解放]\r\n"},
       {"zh", "From: 反垃圾邮件网关 <noreply@example.org>\r\nSubject: 隔离邮件报告\r\n",
        "以下邮件已被隔离:\r\n发件人: win@example.com 主题: 中奖 放行\r\n"}});
}

TEST(KindWordsTest, ChallengesOfUnknownProgramsAreTold) {
  expect_all(
      Kind::Challenge,
      {{"en", "Return-Path: <>\r\nFrom: Carla <carla@example.org>\r\nSubject: Re: Offer\r\n",
        "Your e-mail has been held because you are an unknown sender. Verify that you are not a "
        "robot"
        " and it will be delivered: https://example.org/v/1\r\n"},
       {"de",
        "Auto-Submitted: auto-replied\r\nFrom: Carla <carla@example.org>\r\n"
        "Subject: Absender unbekannt: Angebot\r\n",
        "Ihre E-Mail wird zurückgehalten. Klicken Sie einmal auf https://example.org/v/1, um zu"
        " bestätigen, dass Sie kein Roboter sind.\r\n"},
       {"fr",
        "Auto-Submitted: auto-replied\r\nFrom: Carla <carla@example.org>\r\nSubject: Re: Offre\r\n",
        "Votre courriel est mis en attente. Cliquez sur https://example.org/v/1 pour confirmer que"
        " vous êtes un humain.\r\n"},
       {"es",
        "Auto-Submitted: auto-replied\r\nFrom: Carla <carla@example.org>\r\n"
        "Subject: Verificación del remitente\r\n",
        "Su correo está en espera. Haga clic aquí para confirmar que es una persona:"
        " https://example.org/v/1\r\n"},
       {"nl",
        "Auto-Submitted: auto-replied\r\nFrom: Carla <carla@example.org>\r\nSubject: Re: "
        "Offerte\r\n",
        "Uw bericht wordt vastgehouden. Klik op https://example.org/v/1 om te bevestigen dat u een"
        " mens bent.\r\n"},
       {"pl",
        "Auto-Submitted: auto-replied\r\nFrom: Carla <carla@example.org>\r\nSubject: Re: "
        "Oferta\r\n",
        "Twoja wiadomość oczekuje na potwierdzenie. Kliknij https://example.org/v/1, wystarczy "
        "tylko"
        " raz.\r\n"},
       {"ja",
        "Auto-Submitted: auto-replied\r\nFrom: Carla <carla@example.org>\r\nSubject: Re: 見積\r\n",
        "あなたのメールは保留されています。ロボットでないことを確認するため、https://example.org/v/"
        "1"
        " をクリックしてください。\r\n"},
       {"zh",
        "Auto-Submitted: auto-replied\r\nFrom: Carla <carla@example.org>\r\nSubject: Re: 报价\r\n",
        "您的邮件已被暂时保留。请点击 https://example.org/v/1 确认您是真人，只需一次。\r\n"}});
}

// Where one thing is not said that challenges say, the others make up for it: only for a null
// sender or an address with a token.
TEST(KindWordsTest, ChallengesAreToldByWhatTheySayTogether) {
  expect_all(
      Kind::Challenge,
      {{"no, held for whom nobody knows",
        "Return-Path: <>\r\nFrom: port@example.org\r\nSubject: Vennligst bekreft e-posten din\r\n",
        "e-posten din til carla@example.org er satt på vent fordi du ikke er en kjent avsender.\r\n"
        "Svar på denne meldingen, så blir den levert.\r\n"},
       {"de, a token to answer to",
        "From: carla@example.org\r\nReply-To: "
        "carla-confirm-accept.1108651234.771.ab12cd@example.org"
        "\r\nSubject: Bitte bestätigen Sie Ihre Nachricht\r\nAuto-Submitted: auto-replied\r\n",
        "Ihre Nachricht wird zurückgehalten, weil Ihre Adresse nicht überprüft wurde. Bitte\r\n"
        "bestätigen Sie sie ein einziges Mal.\r\n"}});
  expect_all(
      Kind::Ordinary,
      {{"the same words of a person",
        "From: bob@example.org\r\nSubject: Vennligst bekreft e-posten din\r\n",
        "e-posten din til carla@example.org er satt på vent fordi du ikke er en kjent avsender.\r\n"
        "Svar på denne meldingen, så blir den levert.\r\n"}});
}

TEST(KindWordsTest, ConfirmationsOfUnknownListsAreTold) {
  expect_all(Kind::SubscriptionConfirm,
             {{"es", "From: Noticias <news@example.org>\r\nSubject: Confirmar su suscripción\r\n",
               "Para confirmar la suscripción al boletín abra https://example.org/c/1\r\n"},
              {"pl", "From: Redakcja <news@example.org>\r\nSubject: Potwierdź subskrypcję\r\n",
               "Kliknij, aby potwierdzić zapis do newslettera: https://example.org/c/1\r\n"},
              {"zh", "From: 编辑部 <news@example.org>\r\nSubject: 请确认您的订阅\r\n",
               "请点击链接确认订阅电子报：https://example.org/c/1\r\n"}});
}

TEST(KindWordsTest, ASubscriptionThatIsBoughtIsOrdinary) {
  EXPECT_EQ(
      read_sample({"",
                   "From: Shop <noreply@example.org>\r\n"
                   "Subject: Confirmation of your subscription\r\n",
                   "Your subscription is confirmed. See the invoice: https://example.org/i/1\r\n"})
          .kind,
      Kind::Ordinary);
}

TEST(KindWordsTest, WhoOnlySpeaksOfFiltersIsOrdinary) {
  expect_all(
      Kind::Ordinary,
      {{"a person warns", "From: Bob <bob@example.org>\r\nSubject: Virus in your mail\r\n",
        "Your mail to me contained a virus, I deleted it. Please check your computer.\r\n"},
       {"a maker sells",
        "From: Antivirus Shop <news@example.org>\r\nSubject: Stop every virus\r\n"
        "List-Unsubscribe: <mailto:u@example.org>\r\n",
        "Your mail gets infected, blocked and deleted? Not with us.\r\n"},
       {"a lure with one button",
        "From: Mail Admin <info@example.org>\r\nSubject: 5 messages in quarantine\r\n",
        "5 messages are in quarantine. Release now: https://example.org/x\r\n"},
       {"a lure that speaks of a password",
        "From: Spam Filter <noreply@example.org>\r\nSubject: Quarantine report\r\n",
        "Your password expires. From: a@example.com Subject: Invoice. Release quarantine.\r\n"},
       {"an administrator answers",
        "From: Postmaster <postmaster@example.org>\r\nSubject: Re: Quarantine report\r\n",
        "I released your message from the quarantine, it was blocked by the filter.\r\n"},
       {"a post of a list",
        "From: MailScanner User <mailscanner@example.org>\r\nSubject: banned attachment\r\n"
        "List-Id: <l.example.org>\r\n",
        "Your message was blocked for a banned attachment, it says. What rule is that?\r\n"},
       {"a scanner of disks",
        "From: Antivirus <antivirus@example.org>\r\nAuto-Submitted: auto-generated\r\n"
        "Subject: Malware found on PC-12\r\n",
        "Trojan.Agent was found in C:\\temp\\a.exe on PC-12. The file was deleted.\r\n"},
       {"a nightly scan", "From: ClamAV <root@example.org>\r\nSubject: Virus scan of /home\r\n",
        "Scanned files: 812. Infected files: 1, removed.\r\n"},
       {"news of a maker",
        "From: Kaspersky News <news@example.org>\r\nSubject: A new virus goes round\r\n",
        "A virus spreads by mail. Keep your mail program up to date, says our laboratory.\r\n"},
       {"an order waits",
        "From: Shop <noreply@example.org>\r\nAuto-Submitted: auto-generated\r\n"
        "Subject: Your order\r\n",
        "Your order is pending. Confirm it with a click here: https://example.org/o\r\n"}});
}

TEST(KindWordsTest, WhatWaitsForAModeratorIsNoChallenge) {
  EXPECT_EQ(
      read_sample({"",
                   "From: hobby-bounces@example.org\r\nAuto-Submitted: auto-replied\r\n"
                   "Subject: Your message to hobby awaits moderator approval\r\n",
                   "Your mail is being held until the list moderator approves it: unknown sender."
                   " https://example.org/confirm/1\r\n"})
          .kind,
      Kind::AutoReply);
}

TEST(KindWordsTest, AServersAnswerMakesItABounce) {
  EXPECT_EQ(
      read_sample({"",
                   "Return-Path: <>\r\nFrom: Mailer <mailer-daemon@example.org>\r\n"
                   "Subject: Undelivered Mail Returned to Sender\r\n",
                   "Your message could not be delivered.\r\n\r\n<carla@example.org>: host"
                   " mx.example.org said: 554 5.7.1 Attachment type not allowed, rejected\r\n"})
          .kind,
      Kind::Bounce);
}

TEST(KindWordsTest, StemsCountTogetherOnlyInOneBreath) {
  const std::string gap(1000, '.');
  const NoticeWords near("your message has a virus and was deleted");
  EXPECT_TRUE(near.together(NoticeWord::YourMail, NoticeWord::Virus, NoticeWord::Stopped));
  const NoticeWords far("your message " + gap + " has a virus");
  EXPECT_TRUE(far.has(NoticeWord::Virus));
  EXPECT_FALSE(far.together(NoticeWord::YourMail, NoticeWord::Virus));
  EXPECT_FALSE(NoticeWords("").has(NoticeWord::Virus));
  EXPECT_FALSE(NoticeWords("vir").has(NoticeWord::Virus));
}

}  // namespace
}  // namespace backstop::reading
