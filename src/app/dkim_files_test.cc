#include "app/dkim_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "dkim_signer/dkim_signer.h"
#include "testing/temporary_directory.h"

namespace backstop::app {
namespace {

using Names = std::vector<std::string>;

class DkimFilesTest : public ::testing::Test {
 protected:
  DkimFilesTest() {
    for (const char* name : {"example.com", "mail.example.com", "example.org"})
      config_.domains[name].name = name;
  }
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path whole = std::filesystem::path(directory_.path()) / path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole) << text;
  }
  std::string at(const std::string& path) const {
    return (std::filesystem::path(directory_.path()) / path).string();
  }

  testing::TemporaryDirectory directory_;
  config::Config config_;
  testing::DkimSigner signer_ = testing::DkimSigner::ed25519();
};

TEST_F(DkimFilesTest, AFileOfTheDirectoryNamesItsDomainAndSelector) {
  const auto name = [&](std::string_view path) {
    const auto parsed = parse_dkim_file_name(path, config_);
    return parsed ? parsed->selector + " of " + parsed->domain : "none";
  };
  EXPECT_EQ(name("S1._domainkey.Example.com.pem"), "s1 of example.com");
  EXPECT_EQ(name("2024.a._domainkey.example.com.txt"), "2024.a of example.com");
  EXPECT_EQ(name("example.com/s1.private"), "s1 of example.com");
  EXPECT_EQ(name("example.com.dkim.key"), "dkim of example.com");
  EXPECT_EQ(name("mail.example.com.dkim.key"), "dkim of mail.example.com");
  for (const char* other : {"s1.pem", "example.net.s1.pem", "example.com.s1", "example.com.pem",
                            "README.md", "._domainkey.example.com.pem", "other/s1.pem", ""})
    EXPECT_EQ(name(other), "none") << other;
}

TEST_F(DkimFilesTest, EveryKeyOfTheDirectoryIsTakenAndTheRestIsTold) {
  write("keys/s1._domainkey.example.com.pem", signer_.pem(true));
  write("keys/example.org/old.txt", signer_.record());
  write("keys/s2._domainkey.example.com.pem", "no key");
  write("keys/notes.txt", "hello");
  write("keys/s1._domainkey.example.net.pem", signer_.pem(false));
  config_.dkim_directory = at("keys");
  const DkimFiles files = load_dkim_files(config_);
  EXPECT_EQ(files.keys->names(),
            (Names{"s1._domainkey.example.com", "old._domainkey.example.org"}));
  ASSERT_EQ(files.notes.size(), 2U);
  EXPECT_NE(files.notes[0].find("notes.txt"), std::string::npos);
  EXPECT_NE(files.notes[1].find("s2._domainkey.example.com.pem"), std::string::npos);
}

TEST_F(DkimFilesTest, TheTablesOfOpendkimNameItsKeys) {
  write("k/com.private", signer_.pem(true));
  write("k/any.private", testing::DkimSigner::rsa(1024).pem(true));
  write("opendkim.conf",
        "KeyTable refile:" + at("KeyTable") + "\nSigningTable refile:" + at("SigningTable") + "\n");
  write("KeyTable", "one example.com:s1:" + at("k/com.private") +
                        "\nany %:all:" + at("k/any.private") +
                        "\nlost example.org:s9:" + at("k/lost.private") + "\n");
  write("SigningTable", "*@example.com one\n*@example.org any\n*@example.net any\n");
  config_.dkim_opendkim = at("opendkim.conf");
  const DkimFiles files = load_dkim_files(config_);
  EXPECT_EQ(files.keys->names(),
            (Names{"s1._domainkey.example.com", "all._domainkey.example.org"}));
  ASSERT_EQ(files.notes.size(), 1U);
  EXPECT_NE(files.notes[0].find("lost.private"), std::string::npos);
}

TEST_F(DkimFilesTest, ASingleKeyOfOpendkimIsTaken) {
  write("mail.private", signer_.pem(true));
  write("opendkim.conf", "Domain example.com\nSelector mail\nKeyFile " + at("mail.private") + "\n");
  config_.dkim_opendkim = at("opendkim.conf");
  EXPECT_EQ(load_dkim_files(config_).keys->names(), Names{"mail._domainkey.example.com"});
}

TEST_F(DkimFilesTest, WithoutAnySourceThereIsNoProof) {
  EXPECT_NE(load_dkim_files(config_).keys, nullptr) << "DNS is one";
  config_.dkim_asks_dns = false;
  EXPECT_EQ(load_dkim_files(config_).keys, nullptr);
  config_.dkim_directory = at("nowhere");
  const DkimFiles files = load_dkim_files(config_);
  ASSERT_NE(files.keys, nullptr);
  EXPECT_EQ(files.notes.size(), 1U);
}

}  // namespace
}  // namespace backstop::app
