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

}  // namespace
}  // namespace backstop::reading
