#include "edge/mta/postfix_tags.h"

#include <gtest/gtest.h>
#include <regex.h>

#include <array>
#include <optional>
#include <sstream>

namespace backstop::mta {
namespace {

// What a regexp table answers for `text`: the right-hand side of the first line whose expression
// fits, its groups filled in (regexp_table(5): case does not matter).
std::optional<std::string> look_up(const std::string& table, const std::string& text) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('/')) continue;
    const auto end = line.rfind("$/ ");
    const std::string expression = line.substr(1, end);
    std::string answer = line.substr(end + 3);
    regex_t compiled{};
    if (regcomp(&compiled, expression.c_str(), REG_EXTENDED | REG_ICASE) != 0)
      return "no expression";
    std::array<regmatch_t, 10> groups{};
    const bool fits = regexec(&compiled, text.c_str(), groups.size(), groups.data(), 0) == 0;
    regfree(&compiled);
    if (!fits) continue;
    for (std::size_t i = 1; i < groups.size(); ++i) {
      const std::string name = "${" + std::to_string(i) + "}";
      for (std::size_t at = answer.find(name); at != std::string::npos; at = answer.find(name)) {
        const auto begin = static_cast<std::size_t>(groups[i].rm_so);
        answer.replace(at, name.size(),
                       text.substr(begin, static_cast<std::size_t>(groups[i].rm_eo) - begin));
      }
    }
    return answer;
  }
  return std::nullopt;
}

PostfixTags two_domains() {
  return {.prvs = true, .domains = {"example.com", "shop.test"}, .map_socket = "unix:b/map.sock"};
}

TEST(PostfixTags, OnlyTaggedAddressesOfOurDomainsAreAskedAbout) {
  const std::string table = render_tagged_table(two_domains());
  for (const std::string tagged :
       {"prvs=0785f64625=anna@example.com", "PRVS=0785F64625=Anna@SHOP.test",
        "prvs=0785f64625=front desk@shop.test"})
    EXPECT_EQ(look_up(table, tagged), tagged);
  for (const std::string other :
       {"anna@example.com", "prvs=0785f64625=anna@examplexcom", "prvs=0785f64625=anna@else.test",
        "prvs=0785f6462=anna@example.com", "xprvs=0785f64625=anna@example.com",
        "prvs=0785f64625=@example.com", "prvs=0785f64625=anna@example.com.else.test"})
    EXPECT_EQ(look_up(table, other), std::nullopt) << other;
}

TEST(PostfixTags, NoOtherDomainIsTouchedHoweverManyThereAre) {
  PostfixTags tags = two_domains();
  for (const std::size_t count : {0U, 1U, 49U, 50U, 51U, 1000U}) {
    tags.domains.clear();
    for (std::size_t i = 0; i < count; ++i)
      tags.domains.push_back("d" + std::to_string(i) + ".test");
    const std::string asked = render_tagged_table(tags);
    const std::string moved = render_command_table(tags);
    for (const std::string& domain : tags.domains) {
      ASSERT_TRUE(look_up(asked, "prvs=0785f64625=anna@" + domain)) << domain;
      ASSERT_TRUE(look_up(moved, "RCPT TO:<prvs=0785f64625=anna@" + domain + ">")) << domain;
    }
    EXPECT_FALSE(look_up(asked, "prvs=0785f64625=anna@else.test"));
    EXPECT_FALSE(look_up(moved, "RCPT TO:<prvs=0785f64625=anna@else.test>"));
  }
}

TEST(PostfixTags, TheTagMovesFromTheCommandIntoTheOriginalRecipient) {
  const std::string table = render_command_table(two_domains());
  EXPECT_EQ(look_up(table, "RCPT TO:<prvs=0785f64625=anna@shop.test>"),
            "RCPT TO:<anna@shop.test> ORCPT=x-batv;0785f64625@shop.test");
  EXPECT_EQ(look_up(table, "rcpt to: <PRVS=0785F64625=Anna@SHOP.TEST> NOTIFY=NEVER"),
            "rcpt to: <Anna@SHOP.TEST> NOTIFY=NEVER ORCPT=x-batv;0785F64625@SHOP.TEST");
}

TEST(PostfixTags, WhatTheClientSaysOfTheOriginalRecipientGoes) {
  const std::string table = render_command_table(two_domains());
  EXPECT_EQ(
      look_up(table, "RCPT TO:<prvs=0785f64625=anna@shop.test> ORCPT=rfc822;a@b NOTIFY=DELAY"),
      "RCPT TO:<anna@shop.test> NOTIFY=DELAY ORCPT=x-batv;0785f64625@shop.test");
  EXPECT_EQ(look_up(table, "RCPT TO:<prvs=0785f64625=anna@shop.test> NOTIFY=DELAY orcpt="),
            "RCPT TO:<anna@shop.test> NOTIFY=DELAY ORCPT=x-batv;0785f64625@shop.test");
}

TEST(PostfixTags, OtherCommandsStayAsTheyCame) {
  const std::string table = render_command_table(two_domains());
  for (const std::string command :
       {"RCPT TO:<anna@shop.test>", "RCPT TO:<anna@shop.test> ORCPT=rfc822;a@b",
        "RCPT TO:<prvs=0785f64625=anna@else.test>", "MAIL FROM:<prvs=0785f64625=anna@shop.test>",
        "RCPT TO:<\"prvs=0785f64625=a b\"@shop.test>", "RCPT TO:<prvs=0785f64625=a@b@shop.test>",
        "DATA", ""})
    EXPECT_EQ(look_up(table, command), std::nullopt) << command;
}

}  // namespace
}  // namespace backstop::mta
