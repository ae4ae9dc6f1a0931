#include "core/coverage/spf_survey.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "core/base/coverage_limits.h"

namespace backstop::coverage {
namespace {

// A few names of DNS.
struct FakeDns {
  std::map<std::string, std::vector<std::string>> texts;
  std::map<std::string, std::vector<std::string>> addresses;
  std::map<std::string, std::vector<std::string>> exchangers;
  std::string silent;  // Nobody answers about it.
  unsigned asked = 0;

  template <class T>
  Result<std::vector<std::string>> ask(const T& records, const std::string& name) {
    ++asked;
    if (name == silent) return fail(Errc::Unavailable, name, "no answer");
    if (name == "no name") return fail(Errc::Invalid, name, "is no name");
    const auto found = records.find(name);
    return found == records.end() ? std::vector<std::string>() : found->second;
  }
  DnsSource source() {
    return {.texts = [this](const std::string& name) { return ask(texts, name); },
            .addresses = [this](const std::string& name) -> Result<std::vector<IpAddress>> {
              BS_TRY(const auto found, ask(addresses, name));
              std::vector<IpAddress> out;
              for (const std::string& text : found)
                out.push_back(*IpAddress::parse(text));
              return out;
            },
            .exchangers = [this](const std::string& name) { return ask(exchangers, name); }};
  }
};

class SpfSurvey : public ::testing::Test {
 protected:
  SpfSurvey() { own_.networks.push_back(*IpNetwork::parse("192.0.2.1")); }
  SpfFindings survey(const std::string& record) {
    dns_.texts["shop.test"] = {"google-site-verification=x", record};
    return survey_spf("shop.test", dns_.source(), own_).value();
  }
  // "mx=own include:x=other" with '?' behind what is open.
  static std::string shown(const SpfFindings& findings) {
    std::string out;
    for (const SpfPlace& place : findings.places) {
      out += (out.empty() ? "" : " ") + place.text + (place.is_own ? "=own" : "=other") +
             (place.is_open ? "?" : "");
    }
    return out;
  }

  FakeDns dns_;
  OwnPlaces own_;
};

TEST_F(SpfSurvey, OurOwnHostsAreTold) {
  dns_.exchangers["shop.test"] = {"mx.shop.test"};
  dns_.addresses["mx.shop.test"] = {"192.0.2.1"};
  dns_.addresses["shop.test"] = {"192.0.2.9"};
  const SpfFindings findings = survey("v=spf1 mx a ip4:192.0.2.1 ip4:192.0.2.0/24 -all");
  EXPECT_EQ(shown(findings), "mx=own a=other ip4:192.0.2.1=own ip4:192.0.2.0/24=other");
  EXPECT_EQ(findings.all, '-');
  EXPECT_EQ(findings.fault, "");
}

TEST_F(SpfSurvey, OneHostOfOthersAmongOursIsAPlaceOfOthers) {
  dns_.exchangers["shop.test"] = {"mx.shop.test", "backup.isp.example"};
  dns_.addresses["mx.shop.test"] = {"192.0.2.1"};
  dns_.addresses["backup.isp.example"] = {"198.51.100.7"};
  EXPECT_EQ(shown(survey("v=spf1 mx -all")), "mx=other");
  dns_.addresses["mx.shop.test"] = {};
  dns_.addresses["backup.isp.example"] = {};
  EXPECT_EQ(shown(survey("v=spf1 mx -all")), "mx=other") << "nobody is not us";
}

TEST_F(SpfSurvey, TheNamesOfOurHostsStandForTheirAddresses) {
  own_.names = {"out.shop.test"};
  dns_.addresses["out.shop.test"] = {"198.51.100.5", "10.0.0.1"};
  EXPECT_EQ(shown(survey("v=spf1 a:out.shop.test/24 ip4:198.51.100.5 -all")),
            "a:out.shop.test/24=other ip4:198.51.100.5=own");
}

TEST_F(SpfSurvey, AnIncludeIsOfWhomeverItLetsSend) {
  dns_.texts["_spf.esp.example"] = {"v=spf1 ip4:198.51.100.0/24 include:more.esp.example ?all"};
  dns_.texts["more.esp.example"] = {"v=spf1 ip4:203.0.113.0/24 -all"};
  dns_.texts["_spf.shop.test"] = {"v=spf1 ip4:192.0.2.1 -all"};
  const SpfFindings findings =
      survey("v=spf1 include:_spf.esp.example include:_spf.shop.test ~all");
  EXPECT_EQ(shown(findings), "include:_spf.esp.example=other include:_spf.shop.test=own");
  EXPECT_EQ(findings.places.front().networks.size(), 2U);
  EXPECT_EQ(findings.all, '~');
}

TEST_F(SpfSurvey, ARedirectionIsTheRecordItLeadsTo) {
  dns_.texts["_spf.shop.test"] = {"v=spf1 ip4:192.0.2.1 -all"};
  const SpfFindings findings = survey("v=spf1 redirect=_spf.shop.test");
  EXPECT_EQ(shown(findings), "ip4:192.0.2.1=own");
  EXPECT_EQ(findings.all, '-');
  EXPECT_EQ(survey("v=spf1 ?all redirect=_spf.shop.test").all, '?') << "all goes before it";
  EXPECT_NE(survey("v=spf1 redirect=nowhere.test").fault, "");
}

TEST_F(SpfSurvey, WhoCannotBeKnownMaySend) {
  EXPECT_EQ(shown(survey("v=spf1 exists:%{i}.x.test ptr a:%{d}.x.test -all")),
            "exists:%{i}.x.test=other? ptr=other? a:%{d}.x.test=other?");
}

TEST_F(SpfSurvey, WhoIsForbiddenMayNotSend) {
  EXPECT_EQ(shown(survey("v=spf1 -ip4:198.51.100.1 ~ip4:198.51.100.2 ?ip4:198.51.100.3 -all")),
            "?ip4:198.51.100.3=other");
}

TEST_F(SpfSurvey, ARecordThatReceiversCannotUseIsBroken) {
  EXPECT_NE(survey("v=spf1 include:nowhere.test -all").fault, "");
  EXPECT_NE(survey("v=spf1 ipv4:192.0.2.1 -all").fault, "");
  EXPECT_NE(survey("v=spf1 a:no name -all").fault, "");
  EXPECT_NE(survey("v=spf1 a:x1.test a:x2.test a:x3.test -all").fault, "") << "void look-ups";
  dns_.texts["shop.test"] = {"v=spf1 -all", "v=spf1 mx -all"};
  EXPECT_NE(survey_spf("shop.test", dns_.source(), own_)->fault, "");
}

TEST_F(SpfSurvey, ALoopOfIncludesEndsWithItsLookups) {
  dns_.texts["loop.test"] = {"v=spf1 include:loop.test -all"};
  EXPECT_NE(survey("v=spf1 include:loop.test -all").fault, "");
  EXPECT_LE(dns_.asked, limits::kSpfLookups + 2);
  dns_.asked = 0;
  dns_.texts["hop.test"] = {"v=spf1 redirect=hop.test"};
  EXPECT_NE(survey("v=spf1 redirect=hop.test").fault, "");
  EXPECT_LE(dns_.asked, limits::kSpfLookups + 2);
}

TEST_F(SpfSurvey, ARecordOfTooManyTermsOverAllItsRedirectionsIsBroken) {
  std::string many = "v=spf1";
  for (unsigned i = 0; i < limits::kSpfTerms - 1; ++i)
    many += fmt::format(" ip4:198.51.{}.{}", i / 250, i % 250);
  dns_.texts["_spf.shop.test"] = {many + " -all"};
  const SpfFindings findings = survey(many + " redirect=_spf.shop.test");
  EXPECT_NE(findings.fault, "");
  EXPECT_EQ(findings.places.size(), limits::kSpfPlaces);
}

TEST_F(SpfSurvey, TheNetworksOfAllTermsAreKeptWithinALimit) {
  std::vector<std::string> many;
  for (unsigned i = 0; i < limits::kSpfNetworks; ++i)
    many.push_back(fmt::format("198.51.{}.{}", i / 250, i % 250));
  std::string record = "v=spf1";
  for (const char name : std::string_view("stuvwxyz")) {
    dns_.addresses[std::string(1, name) + ".test"] = many;
    record += fmt::format(" a:{}.test", name);
  }
  const SpfFindings findings = survey(record + " -all");
  std::size_t count = 0;
  for (const SpfPlace& place : findings.places)
    count += place.networks.size();
  EXPECT_EQ(count, limits::kSpfDomainNetworks);
  EXPECT_FALSE(findings.places.front().is_open);
  EXPECT_TRUE(findings.places.back().is_open) << "others may be let in that are not kept";
  EXPECT_FALSE(findings.places.back().is_own);
}

TEST_F(SpfSurvey, SilenceSaysNothing) {
  dns_.silent = "more.test";
  dns_.texts["shop.test"] = {"v=spf1 include:more.test -all"};
  EXPECT_EQ(survey_spf("shop.test", dns_.source(), own_).error().code, Errc::Unavailable);
  own_.names = {"more.test"};
  dns_.texts["shop.test"] = {"v=spf1 -all"};
  EXPECT_EQ(survey_spf("shop.test", dns_.source(), own_).error().code, Errc::Unavailable);
}

TEST(SpfDoubt, AnAnswerThatTakesAwayIsToBeAskedForAgain) {
  const auto place = [](const char* text, bool is_own) {
    return SpfPlace{.text = text, .is_own = is_own, .is_open = false, .networks = {}};
  };
  const SpfFindings known{.has_record = true,
                          .all = '-',
                          .places = {place("mx", true), place("include:x.test", false)},
                          .fault = ""};
  EXPECT_FALSE(is_doubtful(known, known));
  EXPECT_TRUE(is_doubtful(known, {}));
  EXPECT_FALSE(is_doubtful({}, known));
  SpfFindings now = known;
  now.fault = "x.test has no SPF record to include";
  EXPECT_TRUE(is_doubtful(known, now));
  EXPECT_FALSE(is_doubtful(now, now)) << "it is known to be broken";
  EXPECT_FALSE(is_doubtful(now, known)) << "mended";
  now = known;
  now.places.pop_back();
  EXPECT_TRUE(is_doubtful(known, now));
  EXPECT_FALSE(is_doubtful(now, known)) << "more ways count at once";
  now = known;
  now.places.front().is_own = false;
  EXPECT_TRUE(is_doubtful(known, now));
  now = known;
  now.all = '?';
  EXPECT_FALSE(is_doubtful(known, now));
}

TEST_F(SpfSurvey, NoRecordIsNoFault) {
  const auto findings = survey_spf("bare.test", dns_.source(), own_);
  EXPECT_FALSE(findings->has_record);
  EXPECT_EQ(findings->fault, "");
}

}  // namespace
}  // namespace backstop::coverage
