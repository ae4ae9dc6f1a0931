#include "edge/mta/exim_recipe.h"

#include <gtest/gtest.h>

#include <string>

namespace backstop::mta {
namespace {

EximSite site(EximTags tags) {
  return {.line = *config::parse_endpoint("unix:/run/backstop/line.sock"),
          .rspamd = *config::parse_endpoint("inet:127.0.0.1:11333"),
          .domains = {"example.com", "example.org"},
          .tags = tags};
}

std::string all(const std::vector<EximPart>& parts) {
  std::string text;
  for (const EximPart& part : parts)
    text += part.text;
  return text;
}

TEST(EximRecipe, NamesSocketsAndDomains) {
  const std::string text = all(render_exim_recipe(site(EximTags::None)));
  EXPECT_NE(text.find("domainlist backstop_domains = example.com : example.org\n"),
            std::string::npos);
  EXPECT_NE(text.find("BACKSTOP_LINE = /run/backstop/line.sock\n"), std::string::npos);
  EXPECT_NE(text.find("spamd_address = 127.0.0.1 11333 variant=rspamd tmo=30s\n"),
            std::string::npos);
}

TEST(EximRecipe, WithoutTagsAsksNothingAtRcptAndRewritesNothing) {
  const std::string text = all(render_exim_recipe(site(EximTags::None)));
  for (const char* word : {"verify ", "unsign ", "sign ", "BACKSTOP_TAG", "return_path"})
    EXPECT_EQ(text.find(word), std::string::npos) << word;
}

TEST(EximRecipe, RefusesAtRcptOnlyWhatIsBad) {
  const std::string text = all(render_exim_recipe(site(EximTags::Prvs)));
  EXPECT_NE(text.find("deny    condition = ${if eq{$acl_m_backstop}{bad}}"), std::string::npos);
  EXPECT_EQ(text.find("expired"), std::string::npos);
  EXPECT_NE(text.find("(?i)^prvs="), std::string::npos);
  EXPECT_NE(all(render_exim_recipe(site(EximTags::SubAddress))).find("[+]prvs="),
            std::string::npos);
}

}  // namespace
}  // namespace backstop::mta
