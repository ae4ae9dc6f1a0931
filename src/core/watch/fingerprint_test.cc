#include "core/watch/fingerprint.h"

#include <gtest/gtest.h>

namespace backstop::watch {
namespace {

reading::Reading make_reading(std::string subject, std::string message_id) {
  reading::Reading reading;
  reading.kind = reading::Kind::Bounce;
  reading.returned.subject = std::move(subject);
  reading.returned.message_id = std::move(message_id);
  return reading;
}

TEST(Fingerprint, TakesMadeUpAddressesForOnePattern) {
  EXPECT_EQ(find_pattern("JohnSmith"), find_pattern("anna"));
  EXPECT_EQ(find_pattern("john.smith77"), "x.x0");
  EXPECT_EQ(find_pattern("7_b"), "0_x");
  EXPECT_EQ(find_pattern(""), "");
  EXPECT_NE(find_pattern("john.smith"), find_pattern("johnsmith"));
}

TEST(Fingerprint, TakesSubjectsThatDifferInNumbersForOne) {
  EXPECT_EQ(normalise_subject("Re: FW:  Invoice 4711\t due"), "invoice 0 due");
  EXPECT_EQ(normalise_subject("invoice 9 due"), "invoice 0 due");
  EXPECT_NE(normalise_subject("invoice due"), normalise_subject("cheap watches"));
}

TEST(Fingerprint, CutsWithinItsLimitAndNotWithinACharacter) {
  std::string wide;
  for (int i = 0; i < 1000; ++i)
    wide += "a€";
  const std::string cut = normalise_subject(wide);
  EXPECT_LE(cut.size(), kFingerprintTextBytes);
  EXPECT_TRUE(cut.ends_with("€") || cut.ends_with("a"));
}

TEST(Fingerprint, TakesTheEndOfAHostOnly) {
  EXPECT_EQ(find_host_pattern("a.b.mail17.Example.NET"), "mail0.example.net");
  EXPECT_EQ(find_host_pattern("localhost"), "localhost");
  EXPECT_EQ(find_host_pattern("..."), "..");
  EXPECT_EQ(find_host_pattern(""), "");
}

TEST(Fingerprint, IsThatOfTheRunWhoeverAnswered) {
  reading::Reading one = make_reading("Cheap watches 5", "a1@mx3.spam.test");
  reading::Reading other = make_reading("RE: cheap  watches 77", "zz9@mx12.spam.test");
  one.product = "Postfix";
  other.product = "Exchange";
  const auto of = [](const reading::Reading& reading, std::string local) {
    return find_fingerprint(reading, {std::move(local), "Example.com"});
  };
  EXPECT_EQ(of(one, "anna"), of(other, "bob"));
  EXPECT_EQ(of(one, "anna").name(), of(other, "bob").name());
  EXPECT_NE(of(one, "anna").name(), of(make_reading("Lottery", "a@mx3.spam.test"), "anna").name());
  EXPECT_NE(of(one, "anna").name(), find_fingerprint(one, {"anna", "example.org"}).name());
}

TEST(Fingerprint, IsThatOfTheAnswerWhereNothingCameBack) {
  reading::Reading one = make_reading("", "");
  one.product = "Exim";
  reading::Reading other = one;
  other.product = "qmail";
  EXPECT_EQ(find_fingerprint(one, {"anna", "example.com"}).answer, "bounce Exim");
  EXPECT_NE(find_fingerprint(one, {"anna", "example.com"}),
            find_fingerprint(other, {"anna", "example.com"}));
}

TEST(Fingerprint, HasAlwaysTheSameName) {
  EXPECT_EQ((Fingerprint{.address = "x@example.com", .subject = "lottery"}).name().size(), 16U);
  EXPECT_NE((Fingerprint{.address = "ab"}).name(),
            (Fingerprint{.address = "a", .subject = "b"}).name());
}

}  // namespace
}  // namespace backstop::watch
