#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/text_page.h"
#include "app/why_answer.h"
#include "app/why_sentences.h"

namespace backstop::app {
namespace {

using transaction::Direction;
using transaction::HistoryRow;

const Instant kAt = parse_instant("2026-11-21T06:02:00Z").value();

HistoryRow make_judged() {
  HistoryRow row;
  row.at = kAt;
  row.queue_id = "4fzXL83qRTz1xW";
  row.direction = Direction::Inbound;
  row.recipients = {"anna@example.com"};
  row.recipient_count = 1;
  row.client = "203.0.113.77";
  row.kind = "bounce";
  policy::Facts facts;
  facts.kind = reading::Kind::Bounce;
  facts.returned = policy::ReturnedShape::Enough;
  facts.coverage = policy::Coverage::Covered;
  row.facts = policy::render_facts(facts);
  const auto judgement = transaction::recompute(row).value();
  row.verdict = policy::name_of(judgement.verdict);
  row.decision = policy::name_of(judgement.decision);
  row.enforced = policy::name_of(judgement.enforced);
  row.reasons = "no-proof-of-origin,observe-mode";
  return row;
}

WhyAnswer make_answer(std::vector<HistoryRow> rows) {
  WhyAnswer answer;
  answer.asked = "queue id 4fzXL83qRTz1xW";
  answer.rows = std::move(rows);
  answer.has_history = true;
  answer.history_from = kAt;
  return answer;
}

void expect_parts(const std::string& page, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(page.find(part), std::string::npos) << part << " is not in:\n" << page;
}

TEST(WhyPageTest, explains_a_judged_message_from_what_it_was_to_what_to_do) {
  const std::string page = render_why_page(make_answer({make_judged()}));
  expect_parts(
      page,
      {"4fzXL83qRTz1xW 2026-11-21T06:02:00Z: forged, mark", "a bounce from <> to anna@example.com",
       "It returned enough of the message it answers to carry a proof of ours.",
       "A token of ours is not there.", "Every path that sends for the address is known to sign.",
       "mark: delivered, with its verdict", "in enforce   refuse: refused",
       "no-proof-of-origin: Enough of the original came back",
       "to do: ", "The table in force decides the same."});
}

TEST(WhyPageTest, says_when_the_table_in_force_decides_otherwise) {
  HistoryRow row = make_judged();
  row.verdict = "genuine";
  row.decision = "accept";
  expect_parts(render_why_page(make_answer({row})),
               {"The table in force decides otherwise: forged, mark."});
}

TEST(WhyPageTest, says_what_the_remote_answered_to_mail_of_ours_and_what_came_back) {
  HistoryRow sent;
  sent.at = kAt;
  sent.queue_id = "4fzXJ03pRXz1xT";
  sent.direction = Direction::Outgoing;
  sent.sender = "anna@example.com";
  sent.recipients = {"#0123456789abcdef", "#0123456789abcde0"};
  sent.recipient_count = 2;
  sent.message_id = 5;
  sent.is_signed = true;
  HistoryRow bounce = make_judged();
  bounce.original_id = 5;
  WhyAnswer answer = make_answer({sent});
  answer.answers = {bounce};
  logs::LoggedMessage logged;
  logged.queue_id = sent.queue_id;
  logged.deliveries.push_back({kAt, sent.queue_id, "bob@remote.test",
                               "mx.remote.test[192.0.2.7]:25", "5.1.1", "bounced",
                               "550 5.1.1 User unknown"});
  logged.notices = {"4fzXJ53qR1z1xV"};
  answer.logged = {logged};
  answer.files.push_back({"/var/log/mail.log", kAt, kAt, 10, ""});
  expect_parts(render_why_page(answer),
               {"mail of ours, signed", "to           2 addresses outside",
                "bob@remote.test: bounced 5.1.1 by mx.remote.test[192.0.2.7]:25: 550 5.1.1 User",
                "notice was made of it, with queue id 4fzXJ53qR1z1xV",
                "4fzXL83qRTz1xW bounce to anna@example.com: forged, mark",
                "/var/log/mail.log, back to 2026-11-21T06:02:00Z"});
}

TEST(WhyPageTest, lists_many_messages_with_their_times) {
  std::vector<HistoryRow> rows(5, make_judged());
  const std::string page = render_why_page(make_answer(rows));
  expect_parts(page, {"5 messages", "2026-11-21T06:02:00Z 4fzXL83qRTz1xW  bounce forged, mark",
                      "backstop why QUEUE-ID"});
  EXPECT_EQ(page.find("was known"), std::string::npos);
}

TEST(WhyPageTest, says_where_it_looked_and_how_far_back_when_nothing_is_known) {
  WhyAnswer answer = make_answer({});
  answer.files.push_back({"/var/log/mail.log", kAt, kAt, 10, "unexpected end of file"});
  answer.notes = {"There is more to say."};
  expect_parts(
      render_why_page(answer),
      {"queue id 4fzXL83qRTz1xW: nothing is known of it", "history      back to 2026-11-21",
       "/var/log/mail.log, back to 2026-11-21T06:02:00Z: unexpected end of file",
       "There is more to say."});
}

TEST(WhyPageTest, shows_nothing_foreign_that_could_steer_a_terminal) {
  const std::string evil = "\x1b]0;owned\x07\r\nfake: line\xe2\x80\xae\xff";
  HistoryRow row = make_judged();
  row.queue_id = row.client = row.kind = row.sender = evil;
  row.recipients = {evil};
  row.reasons = evil;
  WhyAnswer answer = make_answer({row});
  answer.asked = evil;
  answer.notes = {evil};
  answer.files.push_back({evil, {}, {}, 0, evil});
  logs::LoggedMessage logged;
  logged.queue_id = evil;
  logged.sender = logged.client = logged.login = logged.message_id = evil;
  logged.deliveries.push_back({kAt, evil, evil, evil, evil, evil, evil});
  logged.notices = {evil};
  answer.logged = {logged};
  for (const WhyAnswer& one : {answer, make_answer(std::vector<HistoryRow>(5, row))}) {
    for (const char c : render_why_page(one)) {
      const auto byte = static_cast<unsigned char>(c);
      EXPECT_TRUE(byte == '\n' || (byte >= 0x20 && byte < 0x7f)) << unsigned{byte};
    }
  }
  EXPECT_TRUE(nlohmann::json::accept(render_why_json(answer)));
}

TEST(WhyJsonTest, tells_the_same_to_a_program) {
  const auto json = nlohmann::json::parse(render_why_json(make_answer({make_judged()})));
  EXPECT_EQ(json["v"], 1);
  const auto& message = json["messages"][0];
  EXPECT_EQ(message["verdict"], "forged");
  EXPECT_EQ(message["enforced"], "refuse");
  EXPECT_EQ(message["reasons"][0]["reason"], "no-proof-of-origin");
  EXPECT_EQ(message["recomputed"]["same"], true);
  EXPECT_FALSE(message["known"][0]["known"].empty());
  EXPECT_EQ(json["history_from"], "2026-11-21T06:02:00Z");
}

TEST(SentencesTest, say_every_value_of_every_fact) {
  // A sentence for each; BS_ASSERT inside catches one that is missing.
  policy::Facts facts;
  for (int i = 0; i <= 5; ++i)
    facts.token = static_cast<proof::ProofResult>(i), say_facts(facts);
  for (int i = 0; i <= 2; ++i)
    facts.returned = static_cast<policy::ReturnedShape>(i), say_facts(facts);
  for (int i = 0; i <= 2; ++i)
    facts.pair = static_cast<policy::Pair>(i), say_facts(facts);
  for (int i = 0; i <= 3; ++i)
    facts.signing = static_cast<policy::SigningAge>(i), say_facts(facts);
  for (int i = 0; i <= 2; ++i)
    facts.coverage = static_cast<policy::Coverage>(i), say_facts(facts);
  for (int i = 0; i <= 2; ++i)
    facts.recipient = static_cast<policy::RecipientClass>(i), say_facts(facts);
  for (int i = 0; i <= 3; ++i)
    facts.standing = static_cast<policy::Standing>(i), say_facts(facts);
  for (int i = 0; i <= 2; ++i)
    facts.attack = static_cast<policy::Attack>(i), say_facts(facts);
  for (int i = 0; i <= 2; ++i)
    facts.keys = static_cast<policy::Keys>(i), say_facts(facts);
  for (int i = 0; i <= 2; ++i)
    facts.mode = static_cast<policy::Mode>(i), say_facts(facts);
  for (const std::string& sentence : say_facts(facts))
    EXPECT_EQ(sentence.back(), '.');
  for (const char* decision : {"accept", "mark", "quarantine", "discard", "refuse"})
    EXPECT_EQ(say_decision(decision).rfind(std::string(decision) + ": ", 0), 0U);
}

TEST(TextPageTest, folds_at_blanks_and_never_inside_a_word) {
  TextPage page(40, false);
  page.line("label", "one two three four five six seven " + std::string(50, 'x') + " eight");
  EXPECT_EQ(page.take(),
            "  label        one two three four five\n"
            "               six seven\n"
            "               " +
                std::string(50, 'x') +
                "\n"
                "               eight\n");
}

TEST(TextPageTest, writes_numbers_for_people) {
  EXPECT_EQ(group_digits(0), "0");
  EXPECT_EQ(group_digits(999), "999");
  EXPECT_EQ(group_digits(61204), "61,204");
  EXPECT_EQ(group_digits(1'000'000), "1,000,000");
  EXPECT_EQ(count_of(1, "row"), "1 row");
  EXPECT_EQ(count_of(0, "row"), "0 rows");
  EXPECT_EQ(size_of(999), "999 bytes");
  EXPECT_EQ(size_of(1'500'000), "1.5 MB");
  EXPECT_EQ(size_of(192'000'000), "192 MB");
}

}  // namespace
}  // namespace backstop::app
