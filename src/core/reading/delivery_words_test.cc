// What mail systems that nobody knows say of a delivery, in many languages.
#include "core/reading/delivery_words.h"

#include <gtest/gtest.h>

#include <string>

#include "core/reading/normal_text.h"

namespace backstop::reading {
namespace {

DeliveryWords find(std::string_view text) {
  return find_delivery_words(render_normal(text));
}

TEST(DeliveryWordsTest, WhatWasNotDeliveredIsToldInEveryLanguage) {
  for (const char* text : {"Your mail could not be delivered.",
                           "Ihre Mail ist unzustellbar.",
                           "Votre message n'a pas été distribué.",
                           "El correo no pudo ser entregado.",
                           "Il messaggio non è stato consegnato.",
                           "A mensagem não foi entregue.",
                           "Uw bericht kon niet worden bezorgd.",
                           "Meddelandet kunde inte levereras.",
                           "Mailen blev ikke leveret.",
                           "Viestiä ei voitu toimittaa.",
                           "Wiadomość nie została dostarczona.",
                           "Zpráva nebyla doručena.",
                           "A levél kézbesítése sikertelen.",
                           "Mesajul nu a putut fi livrat.",
                           "Το μήνυμα δεν παραδόθηκε.",
                           "İleti teslim edilemedi.",
                           "Письмо не доставлено.",
                           "Лист не може бути доставлений.",
                           "メールを配信できませんでした。",
                           "邮件无法投递。",
                           "郵件無法傳遞。",
                           "메일이 배달되지 않았습니다."}) {
    const DeliveryWords found = find(text);
    EXPECT_TRUE(found.failed) << text;
    EXPECT_TRUE(found.mail) << text;
    EXPECT_FALSE(found.late) << text;
  }
}

TEST(DeliveryWordsTest, ANegationAndADeliveryCountInOneClause) {
  EXPECT_TRUE(find("unable, sadly, to transmit your letter").failed);
  EXPECT_FALSE(find("unable to say. " + std::string(100, '.') + " we transmit letters").failed);
  EXPECT_FALSE(find("we deliver every letter").failed);
  EXPECT_FALSE(find("that was not nice").failed);
}

TEST(DeliveryWordsTest, WhatWasRefusedMustBeMail) {
  EXPECT_TRUE(find("the mail of Monday was abgewiesen").failed);
  EXPECT_FALSE(find("the proposal of Monday was abgewiesen").failed);
}

TEST(DeliveryWordsTest, LateIsNotFailed) {
  for (const char* text :
       {"We will keep trying.", "Die Zustellung wird verzögert.", "La remise est retardée.",
        "Bericht is vertraagd.", "Doręczenie opóźnione.", "Доставка отложена.",
        "配信が遅れています。", "邮件延迟。"}) {
    EXPECT_TRUE(find(text).late) << text;
  }
  EXPECT_FALSE(find("It was delivered at once.").late);
}

TEST(DeliveryWordsTest, ARecipientMayStandBetweenItsNameAndWhatIsSaidOfIt) {
  EXPECT_TRUE(find("Recipient <somebody.with.a.long.name@mail.example.org> is unknown.").no_such);
  EXPECT_TRUE(find("Адрес bob@example.org не существует.").no_such);
  EXPECT_TRUE(find("宛先 bob@example.org は存在しません。").no_such);
  EXPECT_FALSE(find("Recipient bob@example.org. " + std::string(200, '.') + " unknown").no_such);
  EXPECT_FALSE(find("The reason is unknown.").no_such);
}

TEST(DeliveryWordsTest, ParcelsAndOnesOwnMailboxAreTold) {
  for (const char* text : {"Your parcel could not be delivered.", "Ihre Sendung liegt bereit.",
                           "Votre colis", "Su paquete", "Посылка", "お荷物", "您的包裹"}) {
    EXPECT_TRUE(find(text).parcel) << text;
    EXPECT_FALSE(find(text).own_mailbox) << text;
  }
  for (const char* text : {"Your mailbox is nearly full.", "Ihr Postfach ist voll.",
                           "Votre boîte est pleine.", "Twoja skrzynka", "您的邮箱已满"}) {
    EXPECT_TRUE(find(text).own_mailbox) << text;
    EXPECT_FALSE(find(text).parcel) << text;
  }
  EXPECT_FALSE(find("The mailbox of Bob is full.").own_mailbox);
}

TEST(DeliveryWordsTest, NothingIsToldOfNothingAndOnlyTheBeginningIsSearched) {
  EXPECT_FALSE(find("").any());
  EXPECT_FALSE(find("non").any());
  EXPECT_FALSE(find(std::string(8192, '.') + " undeliverable").any());
}

}  // namespace
}  // namespace backstop::reading
