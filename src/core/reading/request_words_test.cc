// Challenges and confirmations in words that no phrase knows, and mail that asks for the same.
#include "core/reading/request_words.h"

#include <gtest/gtest.h>

#include "core/reading/kind_sample.h"
#include "core/reading/normal_text.h"

namespace backstop::reading {
namespace {

TEST(RequestWordsTest, ChallengesAreToldByTheirIdeasInAnyLanguage) {
  expect_all(
      Kind::Challenge,
      {{"Confirmation needed for your mail to Joan",
        "Return-Path: <>\r\nFrom: Postkeeper <keeper@riverbend.example>\r\nSubject: Confirmation "
        "needed for your mail to Joan\r\n",
        "Joan doesn't receive mail from strangers without a quick check. Visit "
        "http://riverbend.example/k/8812 and your letter will go through at once.\r\n"},
       {"Did a person write this?",
        "Return-Path: <>\r\nFrom: gatekeeper@oakhill.example\r\nSubject: Did a person write "
        "this?\r\n",
        "The message you addressed to harry@oakhill.example sits in a holding area. Reply with "
        "anything at all to have it passed along. You'll never see this notice again.\r\n"},
       {"Permission required to contact m.oduya@whitegate.example",
        "Return-Path: <>\r\nFrom: WhiteGate <robot@whitegate.example>\r\nSubject: Permission "
        "required to contact m.oduya@whitegate.example\r\n",
        "M. Oduya has asked WhiteGate to screen new contacts. Fill in your name at "
        "http://whitegate.example/p/2 and M. Oduya will decide whether to accept your mail.\r\n"},
       {"Delivery postponed - reply needed",
        "Return-Path: <>\r\nFrom: mailguardian@northfork.example\r\nSubject: Delivery postponed - "
        "reply needed\r\n",
        "We couldn't tell whether your mail to ned@northfork.example was sent by a human. Hit "
        "reply, leave the subject as is, and it gets delivered.\r\n"},
       {"password required",
        "Return-Path: <>\r\nFrom: Tara Holt <tara@holt.example>\r\nSubject: password required\r\n",
        "I changed to a password system because of all the spam. Put the word \"marigold\" "
        "somewhere in the subject and send your mail again; I will then get it.\r\n"},
       {"Action required: your mail to board@metro.example is waiting",
        "Return-Path: <>\r\nFrom: cr@metro.example\r\nSubject: Action required: your mail to "
        "board@metro.example is waiting\r\n",
        "Please enter the characters shown at http://metro.example/img/44 so that your message may "
        "proceed to the recipient.\r\n"},
       {"about your recent message",
        "Return-Path: <>\r\nFrom: No-Spam Robot <nospam@pine.example>\r\nSubject: about your "
        "recent message\r\n",
        "I am a program which protects Mike from spam. He will see your message as soon as you "
        "respond to this one. If you are a spam robot, you won't.\r\n"},
       {"Ihre Mail an info@bergmann.example",
        "Return-Path: <>\r\nFrom: Postwächter <waechter@bergmann.example>\r\nSubject: Ihre Mail an "
        "info@bergmann.example\r\n",
        "Guten Tag, wir kennen Ihre Absenderadresse noch nicht. Damit Ihre Mail beim Empfänger "
        "ankommt, antworten Sie bitte einfach auf diese Nachricht. Unbeantwortete Mails werden "
        "nach 7 Tagen gelöscht.\r\n"},
       {"Absender nicht verifiziert",
        "Return-Path: <>\r\nFrom: Spamwächter <wache@huber.example>\r\nSubject: Absender nicht "
        "verifiziert\r\n",
        "Ihre Nachricht an j.huber@huber.example wurde vorläufig zurückgestellt. Klicken Sie auf "
        "den folgenden Link, um zu zeigen, dass Sie kein Automat sind: "
        "http://huber.example/z/71\r\n"},
       {"Bitte einmal kurz bestätigen",
        "Return-Path: <>\r\nFrom: Torsten Pohl <tp@pohl.example>\r\nSubject: Bitte einmal kurz "
        "bestätigen\r\nPrecedence: bulk\r\n",
        "Ich bekomme zu viel Werbung, deshalb müssen neue Absender einmal bestätigen. Senden Sie "
        "diese Mail unverändert zurück, dann landet Ihre Post bei mir.\r\n"},
       {"Confirmation de votre message à Claire",
        "Return-Path: <>\r\nFrom: Vérificateur <verif@moulin.example>\r\nSubject: Confirmation de "
        "votre message à Claire\r\n",
        "Claire reçoit trop de publicité. Merci de cliquer sur http://moulin.example/c/9 afin que "
        "votre message lui soit transmis.\r\n"},
       {"Votre courriel n'a pas encore été transmis",
        "Return-Path: <>\r\nFrom: gardien@lycee.example\r\nSubject: Votre courriel n'a pas encore "
        "été transmis\r\nPrecedence: bulk\r\n",
        "Vous n'êtes pas dans la liste des correspondants autorisés. Renvoyez simplement ce "
        "message pour être accepté définitivement.\r\n"},
       {"Validation de l'expéditeur requise",
        "Return-Path: <>\r\nFrom: Anne Colin <ac@colin.example>\r\nSubject: Validation de "
        "l'expéditeur requise\r\nAuto-Submitted: auto-replied\r\n",
        "Je filtre les nouveaux expéditeurs. Pour que je reçoive votre message, validez votre "
        "adresse ici : http://colin.example/v/11\r\n"},
       {"Verifique su dirección para entregar el mensaje",
        "Return-Path: <>\r\nFrom: Filtro de correo <filtro@olivar.example>\r\nSubject: Verifique "
        "su dirección para entregar el mensaje\r\n",
        "Hemos detenido su mensaje hasta comprobar que lo envió una persona. Abra "
        "http://olivar.example/p/8 y escriba las letras de la imagen.\r\n"},
       {"Falta un paso",
        "Return-Path: <>\r\nFrom: guardian@playa.example\r\nSubject: Falta un paso\r\n",
        "Hola, Marta aún no conoce su dirección. Conteste a este aviso y su correo pasará a la "
        "bandeja de entrada de Marta.\r\n"},
       {"Il suo messaggio attende conferma",
        "Return-Path: <>\r\nFrom: Custode <custode@ulivo.example>\r\nSubject: Il suo messaggio "
        "attende conferma\r\n",
        "Il destinatario protegge la casella dalla pubblicità. Risponda a questa mail, anche "
        "vuota, e il messaggio sarà inoltrato.\r\n"},
       {"Verifica del mittente",
        "Return-Path: <>\r\nFrom: Guardiano posta <guardiano@lago.example>\r\nSubject: Verifica "
        "del mittente\r\nAuto-Submitted: auto-replied\r\n",
        "Non La conosciamo ancora: apra http://lago.example/v/2 e digiti il codice per far "
        "arrivare la Sua mail a destinazione.\r\n"},
       {"Confirme que é uma pessoa",
        "Return-Path: <>\r\nFrom: Porteiro <porteiro@rio.example>\r\nSubject: Confirme que é uma "
        "pessoa\r\n",
        "O seu e-mail para jose@rio.example ficou retido. Carregue em http://rio.example/k/1 para "
        "que seja entregue ao destinatário.\r\n"},
       {"Autorização de remetente",
        "Return-Path: <>\r\nFrom: Filtro <filtro@serra.example>\r\nSubject: Autorização de "
        "remetente\r\n",
        "Para evitar lixo eletrônico, novos remetentes precisam ser liberados. Responda este "
        "e-mail e pronto: seus próximos e-mails chegam direto.\r\n"},
       {"Bent u een mens?",
        "Return-Path: <>\r\nFrom: Postwacht <postwacht@molen.example>\r\nSubject: Bent u een "
        "mens?\r\n",
        "Uw mail aan piet@molen.example staat nog in de wachtrij. Klik op http://molen.example/m/3 "
        "en typ de getoonde letters over, dan komt de mail aan.\r\n"},
       {"Är du en riktig avsändare?",
        "Return-Path: <>\r\nFrom: Brevvakten <vakt@skog.example>\r\nSubject: Är du en riktig "
        "avsändare?\r\n",
        "Ditt mejl till lars@skog.example har inte nått fram ännu. Öppna http://skog.example/v/6 "
        "och skriv in siffrorna du ser.\r\n"},
       {"Er du et menneske?",
        "Return-Path: <>\r\nFrom: Postvagt <vagt@fjord.example>\r\nSubject: Er du et menneske?\r\n",
        "Din mail til hans@fjord.example venter. Klik på http://fjord.example/v/2 og indtast "
        "koden, så sendes den videre til modtageren.\r\n"},
       {"Bekreft at du er en person",
        "Return-Path: <>\r\nFrom: Dørvakt <dorvakt@fjell.example>\r\nSubject: Bekreft at du er en "
        "person\r\n",
        "Vi kjenner ikke adressen din. Meldingen blir liggende til du har svart på denne "
        "e-posten.\r\n"},
       {"Vahvista viestisi",
        "Return-Path: <>\r\nFrom: Postinvartija <vartija@jarvi.example>\r\nSubject: Vahvista "
        "viestisi\r\n",
        "Osoitteesi ei ole sallittujen lähettäjien listalla. Vastaa tähän viestiin, jolloin "
        "viestisi välitetään vastaanottajalle.\r\n"},
       {"Czy jesteś człowiekiem?",
        "Return-Path: <>\r\nFrom: Strażnik poczty <straznik@las.example>\r\nSubject: Czy jesteś "
        "człowiekiem?\r\n",
        "Twój list do anna@las.example nie trafił jeszcze do odbiorcy. Otwórz "
        "http://las.example/p/4 i przepisz kod z obrazka.\r\n"},
       {"Ověření odesílatele",
        "Return-Path: <>\r\nFrom: Hlídač pošty <hlidac@hora.example>\r\nSubject: Ověření "
        "odesílatele\r\n",
        "Vaše zpráva pro petr@hora.example zatím nebyla předána. Opište prosím kód z obrázku na "
        "http://hora.example/k/7.\r\n"},
       {"Kérjük, igazolja magát",
        "Return-Path: <>\r\nFrom: Postaőr <or@duna.example>\r\nSubject: Kérjük, igazolja magát\r\n",
        "Az Ön e-mailje még nem jutott el a címzetthez. Nyissa meg a http://duna.example/i/2 "
        "oldalt, és írja be a képen látható számot.\r\n"},
       {"Verificarea expeditorului",
        "Return-Path: <>\r\nFrom: Gardian <gardian@deal.example>\r\nSubject: Verificarea "
        "expeditorului\r\n",
        "Mesajul trimis către ion@deal.example este în așteptare. Răspundeți la acest e-mail "
        "pentru a fi livrat destinatarului.\r\n"},
       {"Επιβεβαίωση αποστολέα",
        "Return-Path: <>\r\nFrom: Φύλακας <fylakas@nisi.example>\r\nSubject: Επιβεβαίωση "
        "αποστολέα\r\n",
        "Το μήνυμά σας προς nikos@nisi.example δεν έχει παραδοθεί ακόμη. Απαντήστε σε αυτό το "
        "μήνυμα για να παραδοθεί.\r\n"},
       {"Gönderen onayı gerekiyor",
        "Return-Path: <>\r\nFrom: Bekçi <bekci@kale.example>\r\nSubject: Gönderen onayı "
        "gerekiyor\r\n",
        "Mesajınız henüz alıcıya ulaşmadı. İnsan olduğunuzu göstermek için http://kale.example/o/3 "
        "adresindeki kodu girin.\r\n"},
       {"Требуется подтверждение отправителя",
        "Return-Path: <>\r\nFrom: Страж <strazh@pole.example>\r\nSubject: Требуется подтверждение "
        "отправителя\r\n",
        "Ваше сообщение для oleg@pole.example пока не передано адресату. Введите код с картинки на "
        "странице http://pole.example/k/9.\r\n"},
       {"Підтвердження відправника",
        "Return-Path: <>\r\nFrom: Вартовий <vartovyi@step.example>\r\nSubject: Підтвердження "
        "відправника\r\n",
        "Ваш лист для ivan@step.example очікує. Натисніть http://step.example/p/5, щоб довести, що "
        "ви людина.\r\n"},
       {"【要返信】お送りいただいたメールについて",
        "Return-Path: <>\r\nFrom: メール門番 <monban@sakura.example>\r\nSubject: "
        "【要返信】お送りいただいたメールについて\r\n",
        "初めてのアドレスからのメールのため、まだ担当者に届いておりません。本メールに空のまま返信し"
        "ていただくと配達されます。\r\n"},
       {"请完成发件人认证",
        "Return-Path: <>\r\nFrom: 邮件卫士 <weishi@hai.example>\r\nSubject: 请完成发件人认证\r\n",
        "您发往 li@hai.example 的邮件尚未送达。请打开 http://hai.example/r/6 "
        "输入验证码,系统随后会自动转交。\r\n"},
       {"請回覆以完成寄送",
        "Return-Path: <>\r\nFrom: 郵件警衛 <guard@shan.example>\r\nSubject: 請回覆以完成寄送\r\n",
        "收件人啟用了寄件人確認功能,您的信件目前保留中。請直接回覆本信,即可送達。\r\n"},
       {"본인 확인이 필요합니다",
        "Return-Path: <>\r\nFrom: 메일지킴이 <guard@kang.example>\r\nSubject: 본인 확인이 "
        "필요합니다\r\n",
        "보내신 메일이 수신함에 들어가지 못하고 있습니다. http://kang.example/c/8 에서 그림의 "
        "글자를 입력하시면 전달됩니다.\r\n"}});
}

TEST(RequestWordsTest, ConfirmationsAreToldByTheirIdeasInAnyLanguage) {
  expect_all(
      Kind::SubscriptionConfirm,
      {{"Please confirm your wish to join Garden Club",
        "Return-Path: <>\r\nFrom: Garden Club <gardenclub-bounces@lists.example>\r\nSubject: "
        "Please confirm your wish to join Garden Club\r\n",
        "Someone, hopefully you, asked to add this address to the Garden Club list. Reply to "
        "confirm: token 8f3a9911.\r\n"},
       {"Confirm newsletter registration",
        "From: Museum News <newsletter@museum.example>\r\nSubject: Confirm newsletter "
        "registration\r\n",
        "To complete your registration for our newsletter please follow "
        "https://museum.example/nl/ok?k=91\r\n"},
       {"Unsubscribe confirmation for dev",
        "Return-Path: <>\r\nFrom: dev-request@lists.example\r\nSubject: Unsubscribe confirmation "
        "for dev\r\n",
        "We received a request to remove your address from the list dev. To confirm, reply to this "
        "mail.\r\n"},
       {"Anmeldung zu unserem Rundbrief",
        "From: Verein <info@verein.example>\r\nSubject: Anmeldung zu unserem Rundbrief\r\n",
        "Bitte klicken Sie auf diesen Link, um den Rundbrief zu bestellen: "
        "https://verein.example/r/3. Wenn Sie sich nicht angemeldet haben, ignorieren Sie diese "
        "Mail.\r\n"},
       {"Nur noch ein Klick",
        "From: Stadtblatt <news@stadtblatt.example>\r\nSubject: Nur noch ein Klick\r\n",
        "Bitte bestätigen Sie Ihre Anmeldung zum Newsletter: https://stadtblatt.example/b/7\r\n"},
       {"Confirmez votre abonnement",
        "From: Théâtre <contact@theatre.example>\r\nSubject: Confirmez votre abonnement\r\n",
        "Pour recevoir notre lettre, merci de confirmer votre adresse : "
        "https://theatre.example/c/1\r\n"},
       {"Conferma iscrizione alla newsletter",
        "From: Biblioteca <noreply@biblio.example>\r\nSubject: Conferma iscrizione alla "
        "newsletter\r\n",
        "Per attivare l'iscrizione clicca su https://biblio.example/i/2\r\n"},
       {"Confirme sua inscrição",
        "From: Editora <noticias@editora.example>\r\nSubject: Confirme sua inscrição\r\n",
        "Falta pouco! Clique para receber nossas novidades: https://editora.example/n/3\r\n"},
       {"Bevestig je aanmelding",
        "From: Krant <nieuws@krant.example>\r\nSubject: Bevestig je aanmelding\r\n",
        "Klik op https://krant.example/b/3 om de nieuwsbrief te ontvangen.\r\n"},
       {"Bekräfta din prenumeration",
        "From: Förening <info@forening.example>\r\nSubject: Bekräfta din prenumeration\r\n",
        "Klicka på https://forening.example/p/4 för att få vårt nyhetsbrev.\r\n"},
       {"Bekræft tilmelding",
        "From: Forening <post@forening.example>\r\nSubject: Bekræft tilmelding\r\n",
        "Klik her for at bekræfte din tilmelding til vores nyhedsbrev: "
        "https://forening.example/t/1\r\n"},
       {"Vahvista uutiskirjeen tilaus",
        "From: Seura <tiedote@seura.example>\r\nSubject: Vahvista uutiskirjeen tilaus\r\n",
        "Vahvista tilauksesi: https://seura.example/v/1\r\n"},
       {"Potwierdź zapis",
        "From: Gazeta <newsletter@gazeta.example>\r\nSubject: Potwierdź zapis\r\n",
        "Kliknij, aby potwierdzić zapis na newsletter: https://gazeta.example/z/1\r\n"},
       {"Potvrďte odběr novinek",
        "From: Noviny <novinky@noviny.example>\r\nSubject: Potvrďte odběr novinek\r\n",
        "Klikněte pro potvrzení odběru: https://noviny.example/o/1\r\n"},
       {"Feliratkozás megerősítése",
        "From: Hírlevél <hirlevel@lap.example>\r\nSubject: Feliratkozás megerősítése\r\n",
        "Kattintson a megerősítéshez: https://lap.example/f/1\r\n"},
       {"Confirmă abonarea la newsletter",
        "From: Ziar <noutati@ziar.example>\r\nSubject: Confirmă abonarea la newsletter\r\n",
        "Apasă pe link pentru confirmare: https://ziar.example/a/1\r\n"},
       {"Bülten aboneliğinizi onaylayın",
        "From: Dergi <bulten@dergi.example>\r\nSubject: Bülten aboneliğinizi onaylayın\r\n",
        "Onaylamak için tıklayın: https://dergi.example/b/1\r\n"},
       {"Подтвердите подписку",
        "From: Журнал <news@zhurnal.example>\r\nSubject: Подтвердите подписку\r\n",
        "Для подтверждения подписки на рассылку перейдите по ссылке "
        "https://zhurnal.example/p/1\r\n"},
       {"メールマガジン登録のご確認",
        "From: 雑誌 <magazine@zasshi.example>\r\nSubject: メールマガジン登録のご確認\r\n",
        "下記URLをクリックして登録を完了してください。https://zasshi.example/t/1\r\n"},
       {"请确认订阅", "From: 杂志 <news@zazhi.example>\r\nSubject: 请确认订阅\r\n",
        "请点击以下链接确认订阅我们的电子报:https://zazhi.example/d/1\r\n"},
       {"뉴스레터 구독 확인", "From: 잡지 <news@japji.example>\r\nSubject: 뉴스레터 구독 확인\r\n",
        "아래 링크를 눌러 구독을 확인해 주세요: https://japji.example/g/1\r\n"},
       {"Join request for birds",
        "Return-Path: <>\r\nFrom: birds+subconfirm@groups.example\r\nSubject: Join request for "
        "birds\r\n",
        "Reply to this message to complete your request to join the group birds.\r\n"},
       {"Aanmelding voor kerk-nieuws",
        "Return-Path: <>\r\nFrom: kerk-nieuws-request@lijst.example\r\nSubject: Aanmelding voor "
        "kerk-nieuws\r\n",
        "Wij ontvingen een aanvraag om u op de lijst te plaatsen. Beantwoord dit bericht om de "
        "aanvraag te bevestigen.\r\n"}});
}

TEST(RequestWordsTest, PeopleAndShopsThatAskToBeConfirmedAreOrdinary) {
  expect_all(
      Kind::Ordinary,
      {{"Please confirm Friday",
        "From: Pat Moss <pat@h.example>\r\nSubject: Please confirm Friday\r\n",
        "Hi Tom, could you confirm by replying that Friday works? I've put the room on hold. "
        "Thanks, Pat\r\n"},
       {"Re: Contract",
        "From: Pat Moss <pat@h.example>\r\nSubject: Re: Contract\r\nIn-Reply-To: "
        "<1@example.net>\r\n",
        "Got your email. Your message was in my spam folder, sorry. I added you to my contacts so "
        "it won't happen again. Click here for the draft: https://h.example/d\r\n"},
       {"Confirm your email address",
        "From: Shop <noreply@shop.example>\r\nSubject: Confirm your email "
        "address\r\nAuto-Submitted: auto-generated\r\n",
        "Welcome! Click to confirm your email address and activate your account: "
        "https://shop.example/c/1\r\n"},
       {"We've received your order #5512",
        "From: Shop <orders@shop.example>\r\nSubject: We've received your order #5512\r\n",
        "Thanks for your purchase. Order #5512 has been registered. Our team will contact you if "
        "needed.\r\n"},
       {"Booking confirmation 7712AB",
        "From: Travel <bookings@travel.example>\r\nSubject: Booking confirmation "
        "7712AB\r\nAuto-Submitted: auto-generated\r\n",
        "Your booking 7712AB is confirmed. Please verify your names. Reply to this email for "
        "changes.\r\n"},
       {"Your parcel is waiting",
        "From: Parcel <info@parcel.example>\r\nSubject: Your parcel is waiting\r\n",
        "We could not deliver your parcel 3312. Confirm a new delivery date: "
        "https://parcel.example/d/1\r\n"},
       {"RE: Ticket 4412 printer",
        "From: Jan from Helpdesk <helpdesk@corp.example>\r\nSubject: RE: Ticket 4412 "
        "printer\r\nIn-Reply-To: <1@example.net>\r\n",
        "Hi Tom, I registered your request and will look into it today. Is the printer on? "
        "Jan\r\n"},
       {"Verify your identity",
        "From: Bank <service@bank.example>\r\nSubject: Verify your identity\r\n",
        "Your account is on hold until you verify your identity: https://bank.example/v. Only "
        "once.\r\n"},
       {"New sign-in from unknown device",
        "From: Cloud <security@cloud.example>\r\nSubject: New sign-in from unknown "
        "device\r\nAuto-Submitted: auto-generated\r\n",
        "Was it you? Confirm: https://cloud.example/y. We held the session.\r\n"},
       {"Anna sent you a message",
        "From: Dating <mail@date.example>\r\nSubject: Anna sent you a message\r\nAuto-Submitted: "
        "auto-generated\r\n",
        "Your inbox has 1 new message. Verify your profile to read it: https://date.example/r\r\n"},
       {"This week", "From: News <news@paper.example>\r\nSubject: This week\r\n",
        "Our newsletter: the spam problem. How to stop junk mail, confirm senders and whitelist "
        "people. Subscribe: https://paper.example\r\n"},
       {"Please acknowledge receipt",
        "From: School <office@school.example>\r\nSubject: Please acknowledge receipt\r\n",
        "Dear parents, please acknowledge receipt of this letter by replying. The school is closed "
        "on Friday.\r\n"},
       {"Pat invited you to vote",
        "From: Doodle <noreply@poll.example>\r\nSubject: Pat invited you to "
        "vote\r\nAuto-Submitted: auto-generated\r\n",
        "Please confirm your participation: https://poll.example/p\r\n"},
       {"Appointment reminder",
        "From: Dentist <reception@dental.example>\r\nSubject: Appointment reminder\r\n",
        "You have an appointment on 3 May. Please confirm by replying. We're closed on "
        "holidays.\r\n"},
       {"Opening hours", "From: Gym <info@gym.example>\r\nSubject: Opening hours\r\n",
        "We are closed from 24 to 26 December. Happy holidays from our team!\r\n"},
       {"Maintenance", "From: Ops <ops@hosting.example>\r\nSubject: Maintenance\r\n",
        "Mail delivery is delayed; held messages will be delivered later. No confirmation "
        "needed.\r\n"},
       {"Your message to dev awaits moderator approval",
        "From: List <list-owner@lists.example>\r\nSubject: Your message to dev awaits moderator "
        "approval\r\nAuto-Submitted: auto-generated\r\n",
        "Your mail to 'dev' is being held until the list moderator can review it for "
        "approval.\r\n"},
       {"Confirm your subscription renewal",
        "From: Trial <noreply@saas.example>\r\nSubject: Confirm your subscription "
        "renewal\r\nAuto-Submitted: auto-generated\r\n",
        "Your subscription renews on 3 May. Payment 12 EUR. Confirm your billing details: "
        "https://saas.example\r\n"},
       {"Accepted: Budget meeting",
        "From: Calendar <calendar@corp.example>\r\nSubject: Accepted: Budget "
        "meeting\r\nAuto-Submitted: auto-generated\r\n",
        "Pat has accepted. Please do not reply to this automated message.\r\n"},
       {"请验证您的邮箱",
        "From: 账户 <noreply@zh.example>\r\nSubject: 请验证您的邮箱\r\nAuto-Submitted: "
        "auto-generated\r\n",
        "请点击链接完成账号注册:https://zh.example/a\r\n"}});
}

TEST(RequestWordsTest, ChallengesOfFewIdeasGiveWayToNothingElse) {
  expect_all(
      Kind::Challenge,
      {{"Who are you?",
        "Return-Path: <>\r\nFrom: whoareyou@brook.example\r\nSubject: Who are you?\r\n",
        "I don't think we've met. Send this back to me exactly as it is and I'll let you in.\r\n"},
       {"Your mail will self-destruct",
        "Return-Path: <>\r\nFrom: greylady@moss.example\r\nSubject: Your mail will "
        "self-destruct\r\n",
        "…in five days, unless you reply. Sorry for the bother: I get 900 spams a day.\r\n"},
       {"Control de entrada",
        "Return-Path: <>\r\nFrom: Aduana de correo <aduana@pueblo.example>\r\nSubject: Control de "
        "entrada\r\n",
        "Su carta está en la aduana. Díganos que es usted real pulsando aquí: "
        "http://pueblo.example/r\r\n"},
       {"Kdo jste?",
        "Return-Path: <>\r\nFrom: Celnice <clo@pekarna.example>\r\nSubject: Kdo jste?\r\n",
        "Vaši adresu vidíme poprvé. Stačí jedno kliknutí a zprávu pustíme dál: "
        "http://pekarna.example/p\r\n"},
       {"どちら様でしょうか",
        "Return-Path: <>\r\nFrom: 税関 <zeikan@pan.example>\r\nSubject: どちら様でしょうか\r\n",
        "お客様からのメールは今回が初めてです。こちらを押していただければ本人に届きます。http://"
        "pan.example/k\r\n"}});
}

TEST(RequestWordsTest, WhoWritesOfConfirmingIsNoProgram) {
  expect_all(
      Kind::Ordinary,
      {{"Please confirm delivery address",
        "From: Neil Hart <neil@hart.example>\r\nSubject: Please confirm delivery "
        "address\r\nIn-Reply-To: <1@example.net>\r\n",
        "Hi, to have the parts delivered please confirm your address. If you reply today they are "
        "sent at once. N.\r\n"},
       {"Confirm your recovery address",
        "From: Webmail <noreply@webmail.example>\r\nSubject: Confirm your recovery "
        "address\r\nAuto-Submitted: auto-generated\r\n",
        "Click to confirm that this address is yours: https://webmail.example/r\r\n"},
       {"Your first post is awaiting approval",
        "From: Forum <noreply@forum.example>\r\nSubject: Your first post is awaiting "
        "approval\r\nAuto-Submitted: auto-generated\r\n",
        "New members' posts are held to stop spam. It will be released soon. Click to see the "
        "rules: https://forum.example\r\n"},
       {"Please confirm the newsletter text",
        "From: Editor <editor@mag.example>\r\nSubject: Please confirm the newsletter text\r\n",
        "Tom, can you confirm that the text for the newsletter is fine? "
        "https://docs.example/x\r\n"}});
}

TEST(RequestWordsTest, WhatGaveUpOnAMessageIsNoChallenge) {
  EXPECT_EQ(read_sample({"",
                         "Return-Path: <>\r\nFrom: Mail Robot <robot@example.org>\r\n"
                         "Subject: Your message was not delivered\r\n",
                         "Your message to carla@example.org could not be delivered: there is no"
                         " such user here. Please verify the address and send it again.\r\n"})
                .kind,
            Kind::Bounce);
}

TEST(RequestWordsTest, AsksReasonsStatesAndTitlesAreCountedOnce) {
  const RequestWords text(
      render_normal("Please confirm. Do confirm that you are human. Your mail is held."));
  EXPECT_EQ(text.count_asks(), 1U);
  EXPECT_EQ(text.count_reasons(), 2U);
  EXPECT_EQ(text.count_states(), 1U);
  EXPECT_EQ(RequestWords("please confirm that you are human").count_titles(), 2U);
  EXPECT_EQ(RequestWords("click https://example.org/").count_asks(), 1U);
  EXPECT_EQ(RequestWords("https://example.org/").count_asks(), 0U);
}

}  // namespace
}  // namespace backstop::reading
