#include "core/coverage/find_sighting.h"

#include <gtest/gtest.h>

#include "core/coverage/name_paths.h"

namespace backstop::coverage {
namespace {

using proof::ProofResult;

const Instant kNoon = parse_instant("2026-11-21T12:00:00Z").value();

// A bounce of a letter that seems to be ours and has no token; each test gives it what speaks for
// it, or takes it away.
class FindSighting : public ::testing::Test {
 protected:
  FindSighting() {
    facts_.kind = reading_.kind = reading::Kind::Bounce;
    facts_.returned = policy::ReturnedShape::Enough;
    reading_.returned.message_id = "1.2@mail12.esp.example";
    reading_.returned.date = kNoon - Days(1);
    reading_.returned.hops = {{.by = "mx.else.test",
                               .id = "",
                               .from_ip = IpAddress::parse("198.51.100.7"),
                               .date = kNoon - Days(1)},
                              {.by = "in1.esp.example", .id = "", .from_ip = {}, .date = {}}};
    places_ = {{.text = "mx",
                .is_own = true,
                .is_open = false,
                .networks = {*IpNetwork::parse("192.0.2.1")}},
               {.text = "include:_spf.esp.example",
                .is_own = false,
                .is_open = false,
                .networks = {*IpNetwork::parse("203.0.113.0/24")}}};
    own_.names = {"mx.shop.test"};
  }
  std::optional<Sighting> find() const {
    return find_sighting({.reading = reading_,
                          .facts = {facts_},
                          .signature = signature_,
                          .domain = "shop.test",
                          .at = kNoon},
                         since_, places_, own_);
  }
  std::string path() const {
    const auto found = find();
    return found ? found->path.text() + " " + std::string(name_of(found->weight)) : "nothing";
  }

  reading::Reading reading_;
  policy::Facts facts_;
  std::optional<proof::DkimKeyName> signature_;
  std::optional<Instant> since_ = kNoon - Days(9);
  std::vector<SpfPlace> places_;
  OwnPlaces own_;
};

TEST_F(FindSighting, TextAloneSaysNothing) {
  reading_.returned.dkim = {{.domain = "shop.test", .selector = "s1"}};
  reading_.returned.message_id = "1@shop.test";
  EXPECT_EQ(path(), "nothing");
  reading_.returned.hops.back().by = "mx.shop.test";
  EXPECT_EQ(path(), "nothing") << "our host's name is known to everybody";
  facts_.hint = true;
  EXPECT_EQ(path(), "nothing") << "what has a queue id of ours was signed here";
}

TEST_F(FindSighting, AKnownCorrespondentLetsTheTextNameThePath) {
  facts_.pair = policy::Pair::Known;
  reading_.returned.dkim = {{.domain = "shop.test", .selector = "invented"}};
  EXPECT_EQ(path(), "message-id:mail#.esp.example pair") << "an unproved signature names nothing";
  EXPECT_EQ(find()->sent, kNoon - Days(1));
  facts_.pair = policy::Pair::UsedUp;
  EXPECT_EQ(path(), "message-id:mail#.esp.example pair");
  reading_.returned.message_id = "x@shop.test";
  EXPECT_EQ(path(), "relay:in#.esp.example pair") << "a Message-ID in our own name tells nothing";
  reading_.returned.message_id.clear();
  reading_.returned.hops.clear();
  EXPECT_EQ(path(), "relay:? pair");
}

TEST_F(FindSighting, ASignatureThatIsRightNamesItsSelector) {
  facts_.dkim = ProofResult::Valid;
  signature_ = proof::DkimKeyName{"shop.test", "s1"};
  EXPECT_EQ(path(), "selector:s1 strong");
  facts_.dkim = ProofResult::Absent;
  facts_.signature_hint = true;
  EXPECT_EQ(path(), "selector:s1 strong");
  signature_->domain = "other.test";
  EXPECT_EQ(path(), "nothing");
  facts_.signature_hint = false;
  facts_.dkim = ProofResult::Replayed;
  EXPECT_EQ(path(), "nothing");
}

TEST_F(FindSighting, AnAddressOfTheSpfRecordNamesItsTerm) {
  reading_.returned.hops.front().from_ip = IpAddress::parse("203.0.113.9");
  EXPECT_EQ(path(), "spf:include:_spf.esp.example weak");
  facts_.pair = policy::Pair::Known;
  EXPECT_EQ(path(), "spf:include:_spf.esp.example pair");
}

TEST_F(FindSighting, OurOwnHostSpeaksOnlyWhereItHandedTheMailOut) {
  reading_.returned.hops.back().by = "MX.shop.test";
  reading_.returned.hops.front().from_ip = IpAddress::parse("192.0.2.1");
  EXPECT_EQ(path(), "relay:mx.shop.test weak");
  std::swap(reading_.returned.hops.front(), reading_.returned.hops.back());
  EXPECT_EQ(path(), "nothing");
}

TEST_F(FindSighting, WhatWasSignedOrCouldNotHaveBeenSaysNothing) {
  facts_.pair = policy::Pair::Known;
  ASSERT_NE(path(), "nothing");
  const policy::Facts good = facts_;
  const auto without = [&](auto change) {
    facts_ = good;
    change(facts_);
    return path();
  };
  using policy::Facts;
  EXPECT_EQ(without([](Facts& f) { f.token = ProofResult::Valid; }), "nothing");
  EXPECT_EQ(without([](Facts& f) { f.token = ProofResult::Unavailable; }), "nothing");
  EXPECT_EQ(without([](Facts& f) { f.ledger = ProofResult::Valid; }), "nothing");
  EXPECT_EQ(without([](Facts& f) { f.ledger = ProofResult::Unavailable; }), "nothing");
  EXPECT_EQ(without([](Facts& f) { f.tag = ProofResult::Valid; }), "nothing");
  EXPECT_EQ(without([](Facts& f) { f.returned = policy::ReturnedShape::Fragment; }), "nothing");
  EXPECT_EQ(without([](Facts& f) { f.signing = policy::SigningAge::InGap; }), "nothing");
  EXPECT_EQ(without([](Facts& f) { f.keys = policy::Keys::None; }), "nothing");
  EXPECT_EQ(without([](Facts& f) { f.kind = reading::Kind::AutoReply; }), "nothing");
  EXPECT_EQ(without([](Facts& f) { f.standing = policy::Standing::NeverJudge; }), "nothing");
  EXPECT_NE(without([](Facts& f) { f.token = ProofResult::Invalid; }), "nothing");
}

TEST_F(FindSighting, WhatLeftBeforeSigningSaysNothing) {
  facts_.pair = policy::Pair::Known;
  since_ = kNoon - Seconds(1);
  EXPECT_EQ(path(), "nothing");
  since_.reset();
  EXPECT_EQ(path(), "nothing");
  since_ = kNoon - Days(2);
  reading_.returned.date = kNoon + Days(900);
  EXPECT_EQ(find()->sent, kNoon) << "nothing comes back before it is sent";
}

TEST(NamePaths, TheMostTellingComesFirst) {
  reading::Reading reading;
  EXPECT_TRUE(name_paths(reading, "shop.test").empty());
  reading.returned.dkim = {{.domain = "Shop.Test", .selector = "S1"},
                           {.domain = "esp.example", .selector = "x"}};
  reading.returned.message_id = "1@sub.mail7.esp.example";
  reading.returned.received_first_ip = IpAddress::parse("192.0.2.77");
  std::string text;
  for (const PathName& name : name_paths(reading, "shop.test"))
    text += name.text() + " ";
  EXPECT_EQ(text, "selector:s1 message-id:sub.mail#.esp.example relay:192.0.2.0/24 ");
}

TEST(NamePaths, InventedNamesStayPlainAndFew) {
  reading::Reading reading;
  for (int i = 0; i < 100; ++i)
    reading.returned.dkim.push_back({.domain = "shop.test", .selector = std::to_string(i)});
  reading.returned.message_id = "1@\x1b]0;x\n.example";
  for (const PathName& name : name_paths(reading, "shop.test"))
    EXPECT_TRUE(parse_path_name(name.text())) << name.text();
  EXPECT_LE(name_paths(reading, "shop.test").size(), limits::kPathCandidates + 2);
}

}  // namespace
}  // namespace backstop::coverage
