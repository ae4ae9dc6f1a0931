#include "edge/mta/sendmail_recipe.h"

#include <gtest/gtest.h>

#include <string>

namespace backstop::mta {
namespace {

SendmailSite site(bool prvs, bool subaddress) {
  return {.milter = *config::parse_endpoint("unix:/run/backstop/milter.sock"),
          .domains = {"example.com", "example.org"},
          .tags = {.prvs = prvs,
                   .subaddress = subaddress,
                   .map = *config::parse_endpoint("inet:127.0.0.1:8892")}};
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(SendmailRecipe, MailFlowsWhileNobodyListens) {
  const std::string text = render_sendmail_recipe(site(true, false));
  const auto at = text.find("INPUT_MAIL_FILTER(`backstop', `S=local:/run/backstop/milter.sock, ");
  ASSERT_NE(at, std::string::npos);
  EXPECT_FALSE(holds(text.substr(at, text.find('\n', at) - at), "F="));
}

TEST(SendmailRecipe, WithoutTagsAsksForNoAddress) {
  const std::string text = render_sendmail_recipe(site(false, false));
  for (const char* const word : {"LOCAL_", "socket", "example.com"})
    EXPECT_FALSE(holds(text, word)) << word;
}

TEST(SendmailRecipe, NamesDomainsAndTheMap) {
  const std::string text = render_sendmail_recipe(site(true, false));
  EXPECT_TRUE(holds(text, "C{Backstop}`example.com example.org'\n"));
  EXPECT_TRUE(holds(text, "Kunsign socket inet:8892@127.0.0.1\n"));
  EXPECT_TRUE(holds(text, "Kverify socket -T<TMPF> inet:8892@127.0.0.1\n"));
}

TEST(SendmailRecipe, AsksAboutTheFormsOfTagsThatAreInUse) {
  EXPECT_TRUE(holds(render_sendmail_recipe(site(true, false)),
                    "-m (^|[^a-z0-9])prvs=[0-9]{4}[0-9a-f]{6}=\n"));
  EXPECT_TRUE(holds(render_sendmail_recipe(site(false, true)), "[0-9a-f]{6}\"?@\n"));
  EXPECT_TRUE(holds(render_sendmail_recipe(site(true, true)), "[0-9a-f]{6}(=|\"?@)\n"));
}

TEST(SendmailRecipe, TabsPartTheSidesOfEveryRule) {
  const std::string text = render_sendmail_recipe(site(true, true));
  std::size_t rules = 0;
  for (std::size_t at = text.find("\nR"); at != std::string::npos; at = text.find("\nR", at + 1)) {
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    EXPECT_NE(line.find('\t'), std::string::npos) << line;
    ++rules;
  }
  EXPECT_GT(rules, 10U);
}

TEST(SendmailRecipe, WithoutTheFilterTagsStillComeOff) {
  const std::string file = render_sendmail_recipe(site(true, false));
  const std::string left = without_filter(file);
  std::string expected = file;
  const auto at = expected.find("INPUT_MAIL_FILTER");
  expected.erase(at, expected.find('\n', at) + 1 - at);
  EXPECT_EQ(left, expected);
  EXPECT_EQ(without_filter(left), left);
  EXPECT_EQ(without_filter(render_sendmail_recipe(site(false, false))), "");
}

TEST(SendmailRecipe, SocketsAreWrittenAsSendmailReadsThem) {
  EXPECT_EQ(render_sendmail_socket(*config::parse_endpoint("inet:[::1]:8892")), "inet6:8892@::1");
}

}  // namespace
}  // namespace backstop::mta
