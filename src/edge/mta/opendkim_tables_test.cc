#include "edge/mta/opendkim_tables.h"

#include <gtest/gtest.h>

namespace backstop::mta {
namespace {

TEST(OpendkimTables, TheSettingsNameAKeyOrTheTables) {
  const auto one = parse_opendkim_settings(
      "# comment\nSyslog yes\nDomain  Example.com, example.org\nSelector\tMail\n"
      "KeyFile /etc/dkimkeys/mail.private # the key\n");
  EXPECT_EQ(one.domains, (std::vector<std::string>{"example.com", "example.org"}));
  EXPECT_EQ(one.selector, "mail");
  EXPECT_EQ(one.key_file, "/etc/dkimkeys/mail.private");
  const auto two = parse_opendkim_settings(
      "keytable refile:/etc/opendkim/KeyTable\r\nSigningTable file:/etc/opendkim/SigningTable\n"
      "Domain /etc/opendkim/domains\n");
  EXPECT_EQ(two.key_table, "/etc/opendkim/KeyTable");
  EXPECT_EQ(two.signing_table, "/etc/opendkim/SigningTable");
  EXPECT_TRUE(two.domains.empty());
  EXPECT_EQ(parse_opendkim_settings("KeyTable dsn:mysql://x\n").key_table, "")
      << "a database is nobody's file";
  EXPECT_EQ(parse_opendkim_settings("KeyTable /etc/opendkim/kt").key_table, "/etc/opendkim/kt");
}

TEST(OpendkimTables, AKeyTableNamesDomainSelectorAndKey) {
  const auto keys = parse_key_table(
      "# name  value\n"
      "mail._domainkey.example.com Example.com:Mail:/etc/dkimkeys/example.private\n"
      "any %:mail:./any.private\n"
      "inline example.org:s1:MIICXQ==\n"
      "broken example.org:s1\n"
      "alone\n");
  ASSERT_EQ(keys.size(), 3U);
  EXPECT_EQ(keys[0].domain, "example.com");
  EXPECT_EQ(keys[0].selector, "mail");
  EXPECT_EQ(keys[0].key, "/etc/dkimkeys/example.private");
  EXPECT_TRUE(keys[0].is_path());
  EXPECT_EQ(keys[1].domain, "%");
  EXPECT_TRUE(keys[1].is_path());
  EXPECT_FALSE(keys[2].is_path());
}

TEST(OpendkimTables, ASigningTableTellsWhichDomainsAKeySignsFor) {
  const auto table = parse_signing_table(
      "*@Example.com any\nalice@example.org one,any\n.example.net deep\n* all\n");
  EXPECT_TRUE(signs_for(table, "any", "example.com"));
  EXPECT_TRUE(signs_for(table, "any", "example.org"));
  EXPECT_FALSE(signs_for(table, "one", "example.com"));
  EXPECT_TRUE(signs_for(table, "deep", "mail.example.net"));
  EXPECT_FALSE(signs_for(table, "deep", "example.net"));
  EXPECT_TRUE(signs_for(table, "all", "example.test"));
  EXPECT_FALSE(signs_for({}, "any", "example.com"));
}

}  // namespace
}  // namespace backstop::mta
