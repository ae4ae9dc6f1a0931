#include "core/config/edit.h"

#include <gtest/gtest.h>

#include "core/config/config.h"

namespace backstop::config {
namespace {

using policy::Mode;

struct Case {
  std::string_view before;
  std::string_view after;
};

void expect_enforced(const Case& each, std::string_view subject = "a.test") {
  const auto edited = with_mode(each.before, "f.toml", subject, Mode::Enforce);
  ASSERT_TRUE(edited) << each.before << "\n" << edited.error().text();
  EXPECT_EQ(*edited, each.after);
  const auto again = with_mode(*edited, "f.toml", subject, Mode::Enforce);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, each.after) << "a second time changes nothing";
}

TEST(Edit, AValueIsReplacedWhereItStands) {
  const Case table[] = {
      {"[domains.\"a.test\"] # ours\nmode = \"observe\" # since May\ncoverage = \"covered\"\n",
       "[domains.\"a.test\"] # ours\nmode = \"enforce\" # since May\ncoverage = \"covered\"\n"},
      {"[domains.'A.Test']\r\n  mode='off'\r\n", "[domains.'A.Test']\r\n  mode=\"enforce\"\r\n"},
      {"domains.\"a.test\".mode = \"off\"", "domains.\"a.test\".mode = \"enforce\""},
      {"[domains]\n\"a.test\" . mode = \"off\"\n", "[domains]\n\"a.test\" . mode = \"enforce\"\n"},
      {"# \xC3\xA9\n[domains.\"a.test\"]\nmode = \"\"\"observe\"\"\" # x\n",
       "# \xC3\xA9\n[domains.\"a.test\"]\nmode = \"enforce\" # x\n"},
      {"\xEF\xBB\xBF[domains.\"a.test\"]\nmode = \"off\"\n",
       "\xEF\xBB\xBF[domains.\"a.test\"]\nmode = \"enforce\"\n"},
      {"[domains.\"b.test\"]\nmode = \"off\"\n[domains.\"a.test\"]\nmode = \"off\"\n",
       "[domains.\"b.test\"]\nmode = \"off\"\n[domains.\"a.test\"]\nmode = \"enforce\"\n"},
  };
  for (const Case& each : table)
    expect_enforced(each);
}

TEST(Edit, AMissingValueGetsALineInItsTable) {
  const Case table[] = {
      {"[domains.\"a.test\"]\n# mode = \"off\"\ncoverage = \"covered\"\n",
       "[domains.\"a.test\"]\nmode = \"enforce\"\n# mode = \"off\"\ncoverage = \"covered\"\n"},
      {"[domains.\"a.test\"]\n\tcoverage = \"covered\"\n",
       "[domains.\"a.test\"]\n\tmode = \"enforce\"\n\tcoverage = \"covered\"\n"},
      {"[domains.\"a.test\"]", "[domains.\"a.test\"]\nmode = \"enforce\"\n"},
      {"[domains.\"a.test\"]\r\n\r\n[log]\r\n",
       "[domains.\"a.test\"]\r\nmode = \"enforce\"\r\n\r\n[log]\r\n"},
      {"domains.\"a.test\".coverage = \"covered\" # x\nlog.to = \"syslog\"\n",
       "domains.\"a.test\".coverage = \"covered\" # x\ndomains.\"a.test\".mode = \"enforce\"\n"
       "log.to = \"syslog\"\n"},
      {"[domains]\n  \"a.test\".coverage = \"covered\"",
       "[domains]\n  \"a.test\".coverage = \"covered\"\n  \"a.test\".mode = \"enforce\"\n"},
  };
  for (const Case& each : table)
    expect_enforced(each);
}

TEST(Edit, AMissingTableIsPutAtTheEnd) {
  const Case table[] = {
      {"", "[domains.\"a.test\"]\nmode = \"enforce\"\n"},
      {"[log]\nto = \"syslog\"",
       "[log]\nto = \"syslog\"\n\n[domains.\"a.test\"]\nmode = \"enforce\"\n"},
      {"[domains.\"b.test\"]\r\n",
       "[domains.\"b.test\"]\r\n\r\n[domains.\"a.test\"]\r\nmode = \"enforce\"\r\n"},
  };
  for (const Case& each : table)
    expect_enforced(each);
}

TEST(Edit, AnAddressHasAModeOfItsOwn) {
  expect_enforced({"[addresses.\"Sales@A.Test\"]\nmode = \"off\"\n",
                   "[addresses.\"Sales@A.Test\"]\nmode = \"enforce\"\n"},
                  "sales@a.test");
  expect_enforced({"[addresses]\nroles = [\n \"x@a.test\", # ]\n]\n",
                   "[addresses]\nroles = [\n \"x@a.test\", # ]\n]\n\n[addresses.\"sales@a.test\"]\n"
                   "mode = \"enforce\"\n"},
                  "sales@a.test");
  expect_enforced({"", "[addresses.\"front desk@a.test\"]\nmode = \"enforce\"\n"},
                  "front desk@a.test");
  const auto strange = with_mode("", "f.toml", "\\\"@a.test", Mode::Off);
  ASSERT_FALSE(strange) << "what would be read as another address is not written";
  EXPECT_EQ(strange.error().code, Errc::Unsupported);
}

TEST(Edit, OtherFormsAreRefusedWithFileAndLine) {
  struct Refusal {
    std::string_view text;
    Errc code;
    std::string_view where;
    std::string_view detail;
  };
  const Refusal table[] = {
      {"[domains]\n\"a.test\" = { mode = \"off\" }\n", Errc::Unsupported, "f.toml:2", "inline"},
      {"\ndomains = { \"a.test\" = { mode = \"off\" } }\n", Errc::Unsupported, "f.toml:2",
       "inline"},
      {"[domains.\"a.test\"]\n[domains.\"A.TEST\"]\nmode = \"off\"\n", Errc::Unsupported,
       "f.toml:", "make them one"},
      {"[domains.\"a.test\"]\nmode = \"on\"\n", Errc::Invalid, "f.toml:2:8", "want one of"},
      {"[domains.\"a.test\"\n", Errc::Invalid, "f.toml:1", ""},
  };
  for (const Refusal& each : table) {
    const auto edited = with_mode(each.text, "f.toml", "a.test", Mode::Enforce);
    ASSERT_FALSE(edited) << each.text;
    EXPECT_EQ(edited.error().code, each.code) << edited.error().text();
    EXPECT_TRUE(edited.error().where.starts_with(each.where)) << edited.error().text();
    EXPECT_NE(edited.error().detail.find(each.detail), std::string::npos) << edited.error().text();
  }
}

TEST(Edit, TheSampleFileCanBeEdited) {
  const std::string sample = render_sample();
  const auto edited = with_mode(sample, "f", "a.test", Mode::Off);
  ASSERT_TRUE(edited) << edited.error().text();
  EXPECT_TRUE(edited->starts_with(sample));
  EXPECT_EQ(parse_config(*edited, "f")->domains.at("a.test").mode, Mode::Off);
}

TEST(Edit, ATimeIsWrittenBesideTheModeAndReplacedLater) {
  const Instant first = *parse_instant("2026-11-28T12:00:00Z");
  const Instant second = *parse_instant("2026-12-05T12:00:00Z");
  const std::string_view before = "[domains.\"a.test\"] # ours\nmode = \"enforce\" # since May\n";
  const auto once = with_forced_until(before, "f.toml", "a.test", first);
  ASSERT_TRUE(once) << once.error().text();
  EXPECT_EQ(*once,
            "[domains.\"a.test\"] # ours\nforced_until = 2026-11-28T12:00:00Z\n"
            "mode = \"enforce\" # since May\n");
  const auto again = with_forced_until(*once, "f.toml", "a.test", second);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(parse_config(*again, "f.toml")->domains.at("a.test").forced_until, second);
}

}  // namespace
}  // namespace backstop::config
