#include "core/reading/language.h"

#include <gtest/gtest.h>

#include "core/reading/normal_text.h"

namespace backstop::reading {
namespace {

struct Case {
  std::string_view want;
  std::string_view text;
};

// Sentences of notices, answers and letters, several for each language the phrases are in.
constexpr Case kTold[] = {
    {"en", "Your message could not be delivered to one or more of its recipients."},
    {"en", "I am out of the office until Monday and will answer your mail when I am back."},
    {"en", "Thank you for your request. It has been received and will be looked at by our staff."},
    {"en", "This is a warning message only. You do not need to resend your message."},
    {"de", "Ihre Nachricht konnte nicht an alle Empfänger zugestellt werden."},
    {"de",
     "Ich bin bis zum 3. August nicht im Büro und werde Ihre Mail nach meiner Rückkehr lesen."},
    {"de", "Vielen Dank für Ihre Anfrage, wir werden uns so schnell wie möglich bei Ihnen melden."},
    {"de", "Dies ist eine automatisch erzeugte Nachricht. Bitte antworten Sie nicht auf diese."},
    {"fr", "Votre message n'a pas pu être remis aux destinataires suivants."},
    {"fr", "Je suis absent du bureau jusqu'au 12 mai et je n'ai pas accès à ma messagerie."},
    {"fr",
     "Nous avons bien reçu votre demande et nous vous répondrons dans les plus brefs délais."},
    {"es", "No se pudo entregar su mensaje a los siguientes destinatarios."},
    {"es", "Estaré fuera de la oficina hasta el lunes y no podré leer su correo."},
    {"es", "Gracias por su mensaje, nos pondremos en contacto con usted lo antes posible."},
    {"it", "Il messaggio non è stato recapitato a uno o più destinatari."},
    {"it", "Sono fuori ufficio fino al 20 agosto e non posso leggere la posta."},
    {"it", "La ringraziamo per la sua richiesta, le risponderemo il prima possibile."},
    {"pt", "A sua mensagem não foi entregue aos seguintes destinatários."},
    {"pt", "Estou fora do escritório até segunda-feira e não tenho acesso ao e-mail."},
    {"pt", "Obrigado pelo seu contato, em breve um dos nossos atendentes vai responder para você."},
    {"nl", "Uw bericht kon niet worden afgeleverd bij de volgende geadresseerden."},
    {"nl", "Ik ben tot en met maandag afwezig en zal uw bericht daarna beantwoorden."},
    {"nl", "Bedankt voor uw aanvraag, wij nemen zo snel mogelijk contact met u op."},
    {"sv", "Ditt meddelande kunde inte levereras till en eller flera mottagare."},
    {"sv", "Jag är inte på kontoret och har inte möjlighet att läsa min e-post."},
    {"sv", "Tack för ditt mejl, vi har tagit emot det och återkommer så snart vi kan."},
    {"pl", "Twoja wiadomość nie została dostarczona do następujących odbiorców."},
    {"pl", "Jestem na urlopie do 15 lipca i nie mam dostępu do poczty."},
    {"pl", "Dziękujemy za zgłoszenie, odpowiemy na nie tak szybko, jak to możliwe."},
    {"ru", "Ваше сообщение не было доставлено одному или нескольким получателям."},
    {"ru", "Я в отпуске до понедельника и не смогу ответить на ваше письмо."},
    {"ru", "Это письмо создано автоматически, отвечать на него не нужно."},
    {"ja", "次の受信者へのメールの配信に失敗しました。"},
    {"ja", "ただいま不在にしております。戻り次第ご連絡いたします。"},
    {"ja",
     "This mail is from MAILER-DAEMON. お客様のメールは配信できませんでした。 550 User unknown"},
    {"zh", "您的邮件无法送达以下收件人，请检查地址。"},
    {"zh", "您的郵件無法送達以下收件人，請檢查地址。"},
    {"zh", "我正在休假，回来后会尽快回复您的邮件。"},
};

// What no phrase is in: neighbours, other scripts, too little, no text at all.
constexpr std::string_view kUndecided[] = {
    "Din besked kunne ikke leveres til en eller flere modtagere.",
    "Jeg er ikke på kontoret og har ikke adgang til min mail før mandag.",
    "Jeg er på ferie og har ikke tilgang til e-post. Jeg svarer når jeg er tilbake.",
    "Meldingen kunne ikke leveres til en eller flere mottakere, og blir ikke sendt på nytt.",
    "Viestiäsi ei voitu toimittaa seuraaville vastaanottajille, ja se on palautettu.",
    "Vaši zprávu se nepodařilo doručit příjemci, protože jeho schránka je plná.",
    "Vašu správu sa nepodarilo doručiť príjemcovi, pretože jeho schránka je plná.",
    "Vašega sporočila ni bilo mogoče dostaviti, ker je poštni predal poln.",
    "Vaša poruka nije isporučena jer je poštanski sandučić primatelja pun.",
    "Az üzenetét nem lehetett kézbesíteni, mert a címzett postafiókja megtelt.",
    "Mesajul dumneavoastră nu a putut fi livrat către destinatarii de mai jos.",
    "El vostre missatge no s'ha pogut lliurar als destinataris següents.",
    "A súa mensaxe non puido ser entregada aos seguintes destinatarios.",
    "İletiniz aşağıdaki alıcılara teslim edilemedi ve size geri gönderildi.",
    "Pesan Anda tidak dapat dikirim ke penerima berikut dan telah dikembalikan.",
    "Thư của bạn không thể gửi được đến những người nhận sau.",
    "Ваше повідомлення не було доставлено, тому що такої адреси немає.",
    "Вашето съобщение не може да бъде доставено на следните получатели.",
    "Ваша порука није испоручена јер је сандуче примаоца пуно.",
    "Το μήνυμά σας δεν παραδόθηκε στους παρακάτω παραλήπτες.",
    "죄송합니다. 다음 수신자에게 메일을 배달하지 못했습니다.",
    "ההודעה שלך לא נמסרה לנמענים הבאים.",
    "لم يتم تسليم رسالتك إلى المستلمين التاليين.",
    "ไม่สามารถส่งข้อความของคุณถึงผู้รับต่อไปนี้",
    "550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown",
    "de.example.org la.example.com el@example.org der/die/das und-so.weiter",
    "foo bar qux 12345",
    "",
};

TEST(Language, ALanguageIsToldByOneSentence) {
  for (const Case& c : kTold)
    EXPECT_EQ(guess_language(render_normal(c.text)), c.want) << c.text;
}

TEST(Language, TheFirstOfTwoLanguagesIsTheNotices) {
  const std::string russian =
      "Это письмо создано автоматически, отвечать на него не нужно. К сожалению, ваше письмо не "
      "может быть доставлено одному или нескольким получателям: ";
  std::string english = "This message was created automatically by mail delivery software. ";
  for (int i = 0; i < 5; ++i)
    english += english.substr(0, 66);
  EXPECT_EQ(guess_language(render_normal(russian + russian + english)), "ru");
}

TEST(Language, NeighboursAndRiddlesAreNotTaken) {
  for (const std::string_view text : kUndecided)
    EXPECT_EQ(guess_language(render_normal(text)), "und") << text;
}

}  // namespace
}  // namespace backstop::reading
