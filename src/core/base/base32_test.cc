#include "core/base/base32.h"

#include <gtest/gtest.h>

namespace backstop {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// RFC 4648 §10, in lower case and without padding.
TEST(Base32, EncodesTheVectorsOfRfc4648) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "my"},
                                                                   {"fo", "mzxq"},
                                                                   {"foo", "mzxw6"},
                                                                   {"foob", "mzxw6yq"},
                                                                   {"fooba", "mzxw6ytb"},
                                                                   {"foobar", "mzxw6ytboi"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(encode_base32(bytes_of(plain)), text);
    const auto decoded = decode_base32(text);
    ASSERT_TRUE(decoded) << text;
    EXPECT_EQ(std::string(decoded->begin(), decoded->end()), plain);
  }
  EXPECT_EQ(*decode_base32("MZXW6ytb"), *decode_base32("mzxw6ytb"));
}

TEST(Base32, RefusesWhatNoEncoderMakes) {
  for (const char* text : {"a", "mzx", "mzxw6y", "m1", "m8", "m=", "my======", "mz", "m y"}) {
    EXPECT_FALSE(decode_base32(text)) << text;
  }
}

TEST(Hex, RoundTripsAndRefusesOddText) {
  EXPECT_EQ(encode_hex(*decode_hex("00fFa5")), "00ffa5");
  EXPECT_FALSE(decode_hex("0"));
  EXPECT_FALSE(decode_hex("0g"));
}

}  // namespace
}  // namespace backstop
