#include "core/review/sighting.h"

#include <gtest/gtest.h>

namespace backstop::review {
namespace {

const Instant kNow = parse_instant("2026-11-21T12:00:00Z").value();

policy::Facts make_forged() {
  policy::Facts facts;
  facts.kind = reading::Kind::Bounce;
  facts.returned = policy::ReturnedShape::Enough;
  facts.coverage = policy::Coverage::Covered;
  return facts;
}

reading::Reading make_reading() {
  reading::Reading reading;
  reading.kind = reading::Kind::Bounce;
  reading.from = "MAILER-DAEMON@mx.remote.test";
  reading.subject = "Undelivered\r\nMail";
  reading.reporting_mta = "mx.remote.test";
  reading.recipients.push_back({.address = "bob@remote.test",
                                .action = "failed",
                                .status = "5.1.1",
                                .diagnostic = "no \x1b[31m"});
  reading.returned.form = reading::ReturnForm::Full;
  reading.returned.subject = "Cheap watches";
  reading.returned.message_id = "1@bot.invalid";
  reading.returned.hops.push_back({"mx.remote.test", "7", {}, {}});
  return reading;
}

transaction::Record make_record(const policy::Facts& facts, const reading::Reading& reading) {
  transaction::Record record;
  record.at = kNow;
  record.kind = reading.kind;
  record.recipient_addresses = {{{"bob", "remote.test"}, false}, {{"Anna", "example.com"}, true}};
  record.facts = {facts};
  record.judgement = policy::decide(facts);
  record.reading = std::make_shared<const reading::Reading>(reading);
  return record;
}

std::optional<Sighting> sight(const policy::Facts& facts, const reading::Reading& reading) {
  config::Config config;
  config.authserv_id = "mail.example.com";
  config.relays.names = {"gate.example.com"};
  return find_sighting(make_record(facts, reading), "4fzX1", config);
}

TEST(Sighting, IsKeptOfWhatWouldBeRefusedThoughNothingIs) {
  const auto sighting = sight(make_forged(), make_reading());
  ASSERT_TRUE(sighting);
  EXPECT_TRUE(sighting->would_refuse);
  EXPECT_EQ(sighting->decision, "mark");
  EXPECT_EQ(sighting->recipients, std::vector<std::string>{"Anna@example.com"});
  EXPECT_EQ(sighting->domains, std::vector<std::string>{"example.com"});
  EXPECT_EQ(sighting->paths, std::vector<std::string>{"example.com message-id:bot.invalid"});
  EXPECT_EQ(sighting->fingerprint.subject, "cheap watches");
  EXPECT_EQ(sighting->source, "mx.remote.test");
  EXPECT_EQ(sighting->hints, 0U);
}

TEST(Sighting, IsKeptOfWhatIsUnprovenAndOfNothingElse) {
  policy::Facts unproven = make_forged();
  unproven.coverage = policy::Coverage::Unknown;
  const auto sighting = sight(unproven, make_reading());
  ASSERT_TRUE(sighting);
  EXPECT_FALSE(sighting->would_refuse);
  policy::Facts genuine = make_forged();
  genuine.token = proof::ProofResult::Valid;
  EXPECT_FALSE(sight(genuine, make_reading()));
  policy::Facts late = make_forged();
  late.token = proof::ProofResult::Late;
  EXPECT_FALSE(sight(late, make_reading()));
  policy::Facts ordinary = make_forged();
  ordinary.kind = reading::Kind::Ordinary;
  EXPECT_FALSE(sight(ordinary, make_reading()));
  transaction::Record outgoing = make_record(make_forged(), make_reading());
  outgoing.direction = transaction::Direction::Outgoing;
  EXPECT_FALSE(find_sighting(outgoing, "4fzX1", {}));
  transaction::Record nobody = make_record(make_forged(), make_reading());
  nobody.recipient_addresses.pop_back();
  EXPECT_FALSE(find_sighting(nobody, "4fzX1", {}));
}

TEST(Sighting, TellsEachHint) {
  policy::Facts facts = make_forged();
  facts.hint = true;
  EXPECT_TRUE(has(sight(facts, make_reading())->hints, Hint::OwnQueueId));
  facts = make_forged();
  facts.signature_hint = true;
  EXPECT_TRUE(has(sight(facts, make_reading())->hints, Hint::OwnSignature));
  facts = make_forged();
  facts.pair = policy::Pair::UsedUp;
  EXPECT_TRUE(has(sight(facts, make_reading())->hints, Hint::Correspondent));
  for (const char* ours : {"Mail.Example.com", "gate.example.com"}) {
    reading::Reading reading = make_reading();
    reading.returned.hops.push_back({ours, "9", {}, {}});
    EXPECT_EQ(sight(make_forged(), reading)->hints, 1U << static_cast<unsigned>(Hint::OwnRelay));
  }
}

TEST(Sample, ShowsHeadersAndReportOnOneLineEach) {
  const std::string sample = render_sample(make_reading());
  EXPECT_NE(sample.find("Subject: Undelivered  Mail\n"), std::string::npos);
  EXPECT_NE(sample.find("Status: 5.1.1\n"), std::string::npos);
  EXPECT_NE(sample.find("Diagnostic-Code: no  [31m\n"), std::string::npos);
  EXPECT_NE(sample.find("Message-ID: 1@bot.invalid\n"), std::string::npos);
}

TEST(Sample, LeavesOutTheWordsOfAnAutomaticAnswer) {
  reading::Reading reading = make_reading();
  reading.kind = reading::Kind::AutoReply;
  reading.subject = "In hospital until June";
  reading.source_knew_words = "secret";
  const std::string sample = render_sample(reading);
  EXPECT_EQ(sample.find("hospital"), std::string::npos);
  EXPECT_EQ(sample.find("secret"), std::string::npos);
  EXPECT_EQ(sample.find("Diagnostic"), std::string::npos);
  EXPECT_NE(sample.find("Subject: (left out"), std::string::npos);
}

TEST(Sample, IsBounded) {
  reading::Reading reading = make_reading();
  reading.subject = std::string(100'000, 's');
  reading.returned.subject = reading.subject;
  for (int i = 0; i < 1000; ++i) {
    reading.references.push_back(std::string(1000, 'r'));
    reading.returned.tokens.push_back(std::string(1000, 't'));
  }
  const std::string sample = render_sample(reading);
  EXPECT_LE(sample.size(), kSampleBytes);
  EXPECT_LE(sample.substr(0, sample.find('\n')).size(), kSampleLineBytes);
}

TEST(Answer, IsReadAsItIsWritten) {
  for (const Answer answer : {Answer::Open, Answer::Ours, Answer::NotOurs, Answer::Later})
    EXPECT_EQ(parse_answer(name_of(answer)), answer);
  EXPECT_FALSE(parse_answer("mine"));
}

}  // namespace
}  // namespace backstop::review
