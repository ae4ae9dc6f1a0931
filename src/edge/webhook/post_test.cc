#include "edge/webhook/post.h"

#include <gtest/gtest.h>

#include <string>

namespace backstop::webhook {
namespace {

TEST(WebhookPost, ShowsOfAnAddressOnlyWhereItIs) {
  EXPECT_EQ(origin_of("https://example.com:8443/hook/SECRET?token=x"), "https://example.com:8443");
  EXPECT_EQ(origin_of("https://user:pass@example.com/x"), "https://example.com");
  EXPECT_EQ(origin_of("http://[::1]:80?x"), "http://[::1]:80");
  EXPECT_EQ(origin_of("https://example.com#x"), "https://example.com");
}

// The value was made with: printf '1795262400.{"v":1}' | openssl dgst -sha256 -hmac <32 letters a>
TEST(WebhookPost, SignsTheTimeAndTheBody) {
  const std::string secret(32, 'a');
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const crypto::HmacSha256 key(
      crypto::Secret({reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size()}));
  const std::string signature =
      render_signature(key, Instant{Seconds{1'795'262'400}}, R"({"v":1})");
  EXPECT_EQ(signature,
            "t=1795262400,v1=8c6bcf67c573dda0d3cc2b73c4cbb4602734053c748abad846687948cd065d9b");
  EXPECT_NE(render_signature(key, Instant{Seconds{1'795'262'401}}, R"({"v":1})").substr(13),
            signature.substr(13));
}

TEST(WebhookPost, WhatMayPassOrBeMendedIsTriedAgain) {
  for (const long status : {200, 201, 204, 299})
    EXPECT_EQ(outcome_of(status), Outcome::Delivered) << status;
  for (const long status : {301, 302, 401, 403, 404, 407, 408, 425, 429, 500, 503, 599})
    EXPECT_EQ(outcome_of(status), Outcome::Later) << status;
  for (const long status : {400, 405, 410, 413, 415, 422})
    EXPECT_EQ(outcome_of(status), Outcome::Refused) << status;
}

}  // namespace
}  // namespace backstop::webhook
