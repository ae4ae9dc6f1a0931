#include "edge/mta/policy_request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kRequest =
    "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\n"
    "helo_name=mx.example.net\nqueue_id=\nsender=\nrecipient=prvs=0785f64625=alice@example.com\n"
    "recipient_count=0\nclient_address=192.0.2.1\nclient_name=mx.example.net\nsize=0\n\n";

struct Read {
  std::vector<std::string> requests;
  std::string complaint;
  bool within = false;
  bool operator==(const Read&) const = default;
};

Read read(const std::vector<std::string_view>& pieces) {
  PolicyReader reader;
  Read out;
  for (std::string_view piece : pieces) {
    while (const auto one = reader.next(piece)) {
      out.requests.push_back(one->request + "|" + one->protocol_state + "|" + one->sender + "|" +
                             one->recipient + "|" + one->client_address);
    }
  }
  out.complaint = reader.complaint();
  out.within = reader.within_request();
  return out;
}

TEST(PolicyRequest, GivesWhatPostfixSaysOfARecipient) {
  EXPECT_EQ(read({kRequest}).requests,
            std::vector<std::string>{
                "smtpd_access_policy|RCPT||prvs=0785f64625=alice@example.com|192.0.2.1"});
}

TEST(PolicyRequest, IsTheSameHoweverItIsCut) {
  const std::string two = std::string(kRequest) + std::string(kRequest);
  for (const std::string_view bytes :
       {std::string_view(two), std::string_view("\n\n"), std::string_view("a=b\r\n\r\nc=d"),
        std::string_view("GET / HTTP/1.1\r\n\r\n")}) {
    const Read whole = read({bytes});
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
      EXPECT_EQ(read({bytes.substr(0, cut), bytes.substr(cut)}), whole) << cut;
  }
}

TEST(PolicyRequest, KeepsNothingOfTheRequestBefore) {
  const Read got = read({"sender=a@b.c\nrecipient=d@e.f\n\nrecipient=g@h.i\n\n"});
  EXPECT_EQ(got.requests, (std::vector<std::string>{"||a@b.c|d@e.f|", "|||g@h.i|"}));
}

TEST(PolicyRequest, ComplainsOfWhatIsNoneAndOfTooMuch) {
  EXPECT_NE(read({"GET / HTTP/1.1\n"}).complaint, "");
  EXPECT_NE(read({std::string(limits::kPolicyLineBytes + 1, 'a')}).complaint, "");
  std::string many;
  for (std::size_t i = 0; i <= limits::kPolicyLines; ++i)
    many += "a=b\n";
  EXPECT_NE(read({many}).complaint, "");
  EXPECT_TRUE(read({"a=b\n"}).within);
}

}  // namespace
}  // namespace backstop::mta
