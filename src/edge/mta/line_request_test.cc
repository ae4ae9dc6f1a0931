#include "edge/mta/line_request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "edge/mta/line_reader.h"

namespace backstop::mta {
namespace {

template <class T>
T parse(std::string_view line) {
  const auto request = parse_line_request(line);
  EXPECT_TRUE(request) << line;
  const T* const is = request ? std::get_if<T>(&*request) : nullptr;
  EXPECT_NE(is, nullptr) << line;
  return is == nullptr ? T() : *is;
}

TEST(LineRequest, TakesAnAddressAsEximHasIt) {
  EXPECT_EQ(parse<VerifyTag>("verify alice@example.com").address, "alice@example.com");
  const auto of_client = parse<VerifyTag>("verify front desk@example.com 2001:db8::1");
  EXPECT_EQ(of_client.address, "front desk@example.com");
  EXPECT_EQ(of_client.client, "2001:db8::1");
  EXPECT_EQ(parse<UnsignTag>("unsign front desk@example.com").address, "front desk@example.com");
}

TEST(LineRequest, FindsDayAndDomainBehindAnAddressWithBlanks) {
  const auto plain = parse<SignTag>("sign front desk@example.com");
  EXPECT_EQ(plain.address, "front desk@example.com");
  EXPECT_FALSE(plain.day);
  const auto dated = parse<SignTag>("sign front desk@example.com 20778");
  EXPECT_EQ(dated.address, "front desk@example.com");
  EXPECT_EQ(dated.day, 20778u);
  const auto whole = parse<SignTag>("sign alice@example.com 20778 else.example");
  EXPECT_EQ(whole.address, "alice@example.com");
  EXPECT_EQ(whole.day, 20778u);
  EXPECT_EQ(whole.recipient_domain, "else.example");
}

TEST(LineRequest, TakesTheWordsOfATokenInAnyOrderAndWithoutSome) {
  const auto token = parse<MakeToken>(
      "token from=YWxpY2VAZXhhbXBsZS5jb20= id=MXZBYkNk user= "
      "head=RnJvbTogYUBiLmMKU3ViamVjdDogaGkKCg== to=eEB5Lnosei5AeQ==");
  EXPECT_EQ(token.sender, "alice@example.com");
  EXPECT_EQ(token.queue_id, "1vAbCd");
  EXPECT_EQ(token.authenticated, "");
  EXPECT_EQ(token.client, "");
  EXPECT_EQ(token.header, "From: a@b.c\nSubject: hi\n\n");
}

TEST(LineRequest, RefusesWhatItDoesNotKnow) {
  for (const std::string_view line :
       {"", "verify", "verify ", "GET / HTTP/1.1", "token x=YQ==", "token from", "Verify a@b.c"})
    EXPECT_FALSE(parse_line_request(line)) << line;
}

TEST(LineReader, GivesTheSameLinesHoweverTheyAreCut) {
  const auto read = [](const std::vector<std::string_view>& pieces) {
    LineReader reader(8);
    std::vector<std::string> out;
    for (std::string_view piece : pieces) {
      while (const auto line = reader.next(piece))
        out.emplace_back(*line);
    }
    out.emplace_back(reader.oversized() ? "oversized" : reader.within_line() ? "within" : "");
    return out;
  };
  for (const std::string_view bytes :
       {"one\ntwo\r\n\n\r\nfour", "12345678\nx\n", "123456789\nx\n", "1\r\r\n", "", "\n"}) {
    const auto whole = read({bytes});
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
      EXPECT_EQ(read({bytes.substr(0, cut), bytes.substr(cut)}), whole) << bytes << " at " << cut;
  }
  EXPECT_EQ(read({"one\ntwo\r\n\nfour"}), (std::vector<std::string>{"one", "two", "", "within"}));
  EXPECT_EQ(read({"123456789\nx\n"}), std::vector<std::string>{"oversized"});
}

}  // namespace
}  // namespace backstop::mta
