#include "core/crypto/hmac_sha1.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/base32.h"

namespace backstop::crypto {
namespace {

struct Vector {
  std::vector<std::uint8_t> key;
  std::string_view message;
  std::string_view mac_hex;
};

std::vector<std::uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

// RFC 2202 §3, cases 1, 2, 6 and 7: a short key, a text one, and those longer than a block.
TEST(HmacSha1, GivesTheMacsOfTheStandard) {
  const std::vector<Vector> vectors{
      {std::vector<std::uint8_t>(20, 0x0b), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"},
      {bytes_of("Jefe"), "what do ya want for nothing?",
       "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
      {std::vector<std::uint8_t>(80, 0xaa),
       "Test Using Larger Than Block-Size Key - Hash Key First",
       "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
      {std::vector<std::uint8_t>(80, 0xaa),
       "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
       "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
  };
  for (const Vector& vector : vectors) {
    const HmacSha1 mac{Secret(vector.key)};
    EXPECT_EQ(encode_hex(mac.compute(bytes_of(vector.message))), vector.mac_hex) << vector.message;
    EXPECT_EQ(encode_hex(mac.compute(bytes_of(vector.message))), vector.mac_hex) << "once more";
  }
}

}  // namespace
}  // namespace backstop::crypto
