#include "edge/mta/main_cf.h"

#include <gtest/gtest.h>

#include "edge/mta/master_cf.h"
#include "edge/mta/milter_list.h"
#include "edge/mta/postfix.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kOurs = "unix:backstop/milter.sock";

bool is_ours(std::string_view element) {
  return element == kOurs;
}

TEST(MainCf, FindsTheLastOfAParameterWithItsLinesJoined) {
  constexpr std::string_view kText =
      "a = 1\n"
      "# a = 2\n"
      "list =\n"
      "  one,\n"
      "# between\n"
      "\n"
      "  two\n"
      "a=3\n";
  EXPECT_EQ(find_parameter(kText, "a"), "3");
  EXPECT_EQ(find_parameter(kText, "list"), "one,  two");
  EXPECT_EQ(find_parameter(kText, "two"), std::nullopt);
  EXPECT_EQ(find_parameter("a =\n", "a"), "");
  EXPECT_EQ(find_parameter("  lost = 1\n", "lost"), std::nullopt);
}

TEST(MainCf, ReplacesAValueAndNothingElse) {
  EXPECT_EQ(with_parameter("# top\na = 1 # no comment\nb=2\n", "a", "x"), "# top\na = x\nb=2\n");
  EXPECT_EQ(with_parameter("a = 1\r\nb = 2\r\n", "a", "x"), "a = x\r\nb = 2\r\n");
  EXPECT_EQ(with_parameter("a = 1\na = 2\n", "a", "x"), "a = 1\na = x\n");
  EXPECT_EQ(with_parameter("a =\nb = 2\n", "a", "x"), "a = x\nb = 2\n");
  EXPECT_EQ(with_parameter("a = one\n  two\nb = 2\n", "a", "x"), "a = x\nb = 2\n");
}

TEST(MainCf, PutsWhatIsNewIntoASectionAtTheEnd) {
  const std::string once = with_parameter("a = 1", "b", "2");
  EXPECT_EQ(once, "a = 1\n\n" + std::string(kSectionComment) + "\nb = 2\n");
  EXPECT_EQ(with_parameter(once, "c", "3"), once + "c = 3\n");
  const std::string without = without_parameter(without_parameter(once, "b"), "c");
  EXPECT_EQ(without_section_comment(without), "a = 1\n");
  const std::string dos = with_parameter("a = 1\r\n", "b", "2");
  EXPECT_EQ(dos, "a = 1\r\n\r\n" + std::string(kSectionComment) + "\r\nb = 2\r\n");
  EXPECT_EQ(without_section_comment(without_parameter(dos, "b")), "a = 1\r\n");
}

TEST(MainCf, AnElementGoesBeforeTheOthersInTheListsOwnManner) {
  struct Case {
    std::string_view before;
    std::string_view after;
  };
  const Case table[] = {
      {"m = inet:a\n", "m = unix:backstop/milter.sock, inet:a\n"},
      {"m = $other\n", "m = unix:backstop/milter.sock, $other\n"},
      {"m =\n", "m = unix:backstop/milter.sock\n"},
      {"m =\n    inet:a\n    # why\n    { inet:b, default_action=tempfail,\n      x=y }\n",
       "m =\n    unix:backstop/milter.sock,\n    inet:a\n    # why\n    { inet:b, "
       "default_action=tempfail,\n      x=y }\n"},
      {"m =\r\n\tinet:a\r\n", "m =\r\n\tunix:backstop/milter.sock,\r\n\tinet:a\r\n"},
  };
  for (const Case& each : table) {
    const std::string after = with_first_element(each.before, "m", kOurs);
    EXPECT_EQ(after, each.after);
    EXPECT_EQ(split_list(*find_parameter(after, "m")).front(), kOurs);
    EXPECT_EQ(without_elements(after, "m", is_ours),
              each.before == "m =\n" ? "m = \n" : each.before);
  }
}

TEST(MainCf, AnElementIsTakenOutWhereverItStands) {
  EXPECT_EQ(without_elements("m = inet:a, unix:backstop/milter.sock, inet:b\n", "m", is_ours),
            "m = inet:a, inet:b\n");
  EXPECT_EQ(without_elements("m = inet:a, unix:backstop/milter.sock\n", "m", is_ours),
            "m = inet:a\n");
  EXPECT_EQ(without_elements("m = inet:a\n  unix:backstop/milter.sock\nb = 1\n", "m", is_ours),
            "m = inet:a\nb = 1\n");
  EXPECT_EQ(without_elements("m = inet:a\n", "m", is_ours), "m = inet:a\n");
}

TEST(PostfixTime, HasAUnitOrTakesTheGivenOne) {
  EXPECT_EQ(parse_postfix_time("5d", 'd'), Seconds(Days(5)));
  EXPECT_EQ(parse_postfix_time("5", 'd'), Seconds(Days(5)));
  EXPECT_EQ(parse_postfix_time("90s", 'd'), Seconds(90));
  EXPECT_EQ(parse_postfix_time("2w", 's'), Seconds(Days(14)));
  for (const char* const text : {"", "d", "-1d", "5dd", "5x", "99999999999999999999d"})
    EXPECT_EQ(parse_postfix_time(text, 'd'), std::nullopt) << text;
}

TEST(MilterList, GroupsAreOneElementWithASocketAndSettings) {
  const auto list = split_list("inet:a {unix:b, default_action = tempfail,x=1}\t,$c");
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(socket_of(list[1]), "unix:b");
  EXPECT_EQ(setting_of(list[1], "default_action"), "tempfail");
  EXPECT_EQ(setting_of(list[1], "x"), "1");
  EXPECT_EQ(setting_of(list[0], "x"), std::nullopt);
  EXPECT_EQ(split_list("{ never closed, a").size(), 1U);
  EXPECT_TRUE(is_same_socket("local:/q/s", "unix:s", "/q"));
  EXPECT_FALSE(is_same_socket("unix:/q/t", "unix:s", "/q"));
  EXPECT_FALSE(is_same_socket("inet:s", "unix:s", "/q"));
}

constexpr std::string_view kMaster =
    "# comment\n"
    "smtp      inet  n       -       y       -       -       smtpd\n"
    "submission inet n - y - - smtpd\n"
    "    -o syslog_name=postfix/submission\n"
    "#   -o smtpd_milters=\n"
    "    -o { smtpd_milters = inet:a, inet:b }\n"
    "# after\n"
    "127.0.0.1:10025 inet n - n - - smtpd -o content_filter= -osmtpd_milters=\n"
    "pickup unix n - y 60 1 pickup";

TEST(MasterCf, FindsServicesAndTheirOverrides) {
  const auto services = parse_services(kMaster);
  ASSERT_EQ(services.size(), 4U);
  EXPECT_EQ(services[1].title(), "submission/inet");
  EXPECT_EQ(services[1].find("smtpd_milters"), "inet:a, inet:b");
  EXPECT_EQ(services[1].find("syslog_name"), "postfix/submission");
  EXPECT_EQ(services[2].find("content_filter"), "");
  EXPECT_EQ(services[2].find("smtpd_milters"), "");
  EXPECT_EQ(services[2].chroot, "n");
  EXPECT_EQ(services[3].command, "pickup");
  EXPECT_EQ(services[3].find("smtpd_milters"), std::nullopt);
}

TEST(MasterCf, AnOverrideIsChangedInItsPlaceOrAddedBehindTheLast) {
  std::string text = with_override(kMaster, 1, "smtpd_milters", "unix:x, inet:a");
  EXPECT_NE(text.find("    -o { smtpd_milters = unix:x, inet:a }\n# after\n"), std::string::npos);
  EXPECT_EQ(parse_services(text)[1].find("smtpd_milters"), "unix:x, inet:a");
  text = with_override(text, 1, "milter_macro_daemon_name", "ORIGINATING");
  EXPECT_NE(text.find(" }\n    -o milter_macro_daemon_name=ORIGINATING\n# after\n"),
            std::string::npos);
  text = with_override(text, 2, "smtpd_milters", "unix:x");
  EXPECT_NE(text.find("-o content_filter= -o smtpd_milters=unix:x\npickup"), std::string::npos);
  text = with_override(text, 3, "x", "y");
  EXPECT_TRUE(text.ends_with("pickup unix n - y 60 1 pickup\n  -o x=y\n"));
}

TEST(MasterCf, AnOverrideTakenOutLeavesNoLineBehind) {
  const std::string added = with_override(kMaster, 0, "x", "y");
  EXPECT_NE(added, kMaster);
  EXPECT_EQ(without_override(added, 0, "x"), kMaster);
  EXPECT_EQ(parse_services(without_override(kMaster, 1, "smtpd_milters"))[1].find("smtpd_milters"),
            std::nullopt);
  EXPECT_NE(without_override(kMaster, 2, "content_filter").find("smtpd -osmtpd_milters="),
            std::string::npos);
}

}  // namespace
}  // namespace backstop::mta
