#include "edge/mta/sendmail_recipe.h"

#include <gtest/gtest.h>

#include <string>

namespace backstop::mta {
namespace {

SendmailSite site(bool tags) {
  return {.milter = *config::parse_endpoint("unix:/run/backstop/milter.sock"),
          .domains = {"example.com", "example.org"},
          .tags = tags,
          .map = *config::parse_endpoint("inet:127.0.0.1:8892")};
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(SendmailRecipe, MailFlowsWhileNobodyListens) {
  const std::string text = render_sendmail_recipe(site(true));
  const auto at = text.find("INPUT_MAIL_FILTER(`backstop', `S=local:/run/backstop/milter.sock, ");
  ASSERT_NE(at, std::string::npos);
  EXPECT_FALSE(holds(text.substr(at, text.find('\n', at) - at), "F="));
}

TEST(SendmailRecipe, WithoutTagsAsksForNoAddress) {
  const std::string text = render_sendmail_recipe(site(false));
  for (const char* const word : {"LOCAL_", "socket", "example.com"})
    EXPECT_FALSE(holds(text, word)) << word;
}

TEST(SendmailRecipe, NamesDomainsAndTheMap) {
  const std::string text = render_sendmail_recipe(site(true));
  EXPECT_TRUE(holds(text, "C{Backstop}`example.com example.org'\n"));
  EXPECT_TRUE(holds(text, "Kunsign socket inet:8892@127.0.0.1\n"));
  EXPECT_TRUE(holds(text, "Kverify socket -T<TMPF> inet:8892@127.0.0.1\n"));
}

TEST(SendmailRecipe, AsksAboutTagsOfBothStylesSoThatSwitchingLosesNone) {
  EXPECT_TRUE(holds(render_sendmail_recipe(site(true)),
                    "-m (^|[^a-z0-9])prvs=[0-9]{4}[0-9a-f]{6}(=|\"?@)\n"));
}

TEST(SendmailRecipe, TabsPartTheSidesOfEveryRule) {
  const std::string text = render_sendmail_recipe(site(true));
  std::size_t rules = 0;
  for (std::size_t at = text.find("\nR"); at != std::string::npos; at = text.find("\nR", at + 1)) {
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    EXPECT_NE(line.find('\t'), std::string::npos) << line;
    ++rules;
  }
  EXPECT_GT(rules, 10U);
}

TEST(SendmailRecipe, WithoutTheFilterTagsStillComeOff) {
  const std::string file = render_sendmail_recipe(site(true));
  const std::string left = without_filter(file);
  std::string expected = file;
  const auto at = expected.find("INPUT_MAIL_FILTER");
  expected.erase(at, expected.find('\n', at) + 1 - at);
  EXPECT_EQ(left, expected);
  EXPECT_EQ(without_filter(left), left);
  EXPECT_EQ(without_filter(render_sendmail_recipe(site(false))), "");
}

TEST(SendmailRecipe, AFileThatWasWrittenOtherwiseIsKnownToTakeTagsOff) {
  std::string file = render_sendmail_recipe(site(true));
  EXPECT_TRUE(knows_tags(file));
  for (const std::string_view changed : {"# An authentic tag, of any age, comes off.", "451 The"}) {
    const auto at = file.find(changed);
    ASSERT_NE(at, std::string::npos);
    file.replace(at, changed.size(), "# older");
  }
  EXPECT_TRUE(knows_tags(file));
  const std::string left = without_filter(file);
  EXPECT_TRUE(holds(left, "\nKunsign socket "));
  EXPECT_FALSE(holds(left, "INPUT_MAIL_FILTER"));
  EXPECT_TRUE(knows_tags("LOCAL_RULE_0"));
  EXPECT_TRUE(knows_tags("x\nKunsign socket local:/x"));
  for (const char* const without : {"", "\n", "dnl LOCAL_RULE_0\n", "Kverify socket local:/x\n"})
    EXPECT_FALSE(knows_tags(without)) << without;
  EXPECT_FALSE(knows_tags(render_sendmail_recipe(site(false))));
}

TEST(SendmailRecipe, SocketsAreWrittenAsSendmailReadsThem) {
  EXPECT_EQ(render_sendmail_socket(*config::parse_endpoint("inet:[::1]:8892")), "inet6:8892@::1");
}

}  // namespace
}  // namespace backstop::mta
