#include "edge/mta/exim_recipe.h"

#include <gtest/gtest.h>

#include <string>

namespace backstop::mta {
namespace {

EximSite site(const EximTags& tags) {
  return {.line = *config::parse_endpoint("unix:/run/backstop/line.sock"),
          .rspamd = *config::parse_endpoint("inet:127.0.0.1:11333"),
          .domains = {"example.com", "example.org"},
          .tags = tags,
          .authserv_id = "mx.example.com",
          .quarantine_to = ""};
}

std::string all(const std::vector<EximPart>& parts) {
  std::string text;
  for (const EximPart& part : parts)
    text += part.text;
  return text;
}

TEST(EximRecipe, NamesSocketsAndDomains) {
  const std::string text = all(render_exim_recipe(site({})));
  EXPECT_NE(text.find("domainlist backstop_domains = example.com : example.org\n"),
            std::string::npos);
  EXPECT_NE(text.find("BACKSTOP_LINE = /run/backstop/line.sock\n"), std::string::npos);
  EXPECT_NE(text.find("spamd_address = 127.0.0.1 11333 variant=rspamd tmo=30s\n"),
            std::string::npos);
}

TEST(EximRecipe, WithoutTagsAsksNothingAtRcptAndRewritesNothing) {
  const std::string text = all(render_exim_recipe(site({})));
  for (const char* word : {"verify ", "unsign ", "sign ", "BACKSTOP_TAG", "return_path"})
    EXPECT_EQ(text.find(word), std::string::npos) << word;
}

TEST(EximRecipe, RefusesAtRcptOnlyWhatIsBad) {
  const std::string text = all(render_exim_recipe(site({.prvs = true})));
  EXPECT_NE(text.find("deny    condition = ${if eq{$acl_m_backstop}{bad}}"), std::string::npos);
  EXPECT_EQ(text.find("expired"), std::string::npos);
  EXPECT_NE(text.find("(?i)^prvs="), std::string::npos);
}

TEST(EximRecipe, KnowsTagsAsTheDomainsHaveThem) {
  const auto pattern = [](const EximTags& tags) {
    const std::string text = all(render_exim_recipe(site(tags)));
    const auto begin = text.find("BACKSTOP_TAG = ") + 15;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  EXPECT_EQ(pattern({.prvs = true}), R"(\N(?i)^prvs=[0-9]{4}[0-9a-f]{6}=\N)");
  EXPECT_EQ(pattern({.sub_address = true, .delimiter = '-'}),
            R"(\N(?i)^.+-prvs=[0-9]{4}[0-9a-f]{6}$\N)");
  EXPECT_EQ(pattern({.prvs = true, .sub_address = true}),
            R"(\N(?i)(^prvs=[0-9]{4}[0-9a-f]{6}=|^.+\+prvs=[0-9]{4}[0-9a-f]{6}$)\N)");
}

TEST(EximRecipe, TakesResultsInOurNameOut) {
  EXPECT_NE(all(render_exim_recipe(site({})))
                .find(R"(BACKSTOP_RESULTS = \N(?im)^\s*"?mx\.example\.com["\s;]\N)"),
            std::string::npos);
}

TEST(EximRecipe, FreezesOrRedirectsWhatIsToBeHeld) {
  EXPECT_NE(all(render_exim_recipe(site({}))).find("control   = freeze/no_tell"),
            std::string::npos);
  EXPECT_NE(all(render_exim_recipe(site({})))
                .find("ignore_bounce_errors_after = 40d\ntimeout_frozen_after = 0s\n"),
            std::string::npos);
  EximSite redirecting = site({});
  redirecting.quarantine_to = "held@example.com";
  const std::string text = all(render_exim_recipe(redirecting));
  EXPECT_EQ(text.find("freeze"), std::string::npos);
  EXPECT_EQ(text.find("timeout_frozen_after"), std::string::npos);
  EXPECT_NE(text.find("data      = held@example.com\n"), std::string::npos);
}

}  // namespace
}  // namespace backstop::mta
