#include "core/crypto/hmac.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "core/base/base32.h"

namespace backstop::crypto {
namespace {

Secret secret_of_hex(const std::string& hex) {
  return Secret(decode_hex(hex).value());
}

std::vector<std::uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

struct Vector {
  const char* name;
  std::string key_hex;
  std::vector<std::uint8_t> message;
  std::string mac_hex;  // Shorter than 32 bytes: the vector is truncated.
};

class Rfc4231 : public testing::TestWithParam<Vector> {};

TEST_P(Rfc4231, GivesTheMacOfTheStandard) {
  const HmacSha256 mac(secret_of_hex(GetParam().key_hex));
  const std::string hex = encode_hex(mac.compute(GetParam().message));
  EXPECT_EQ(hex.substr(0, GetParam().mac_hex.size()), GetParam().mac_hex);
  EXPECT_EQ(encode_hex(mac.compute(GetParam().message)), hex) << "a second time";
}

std::string repeated(const std::string& hex, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += hex;
  return out;
}

// RFC 4231 §4.2 to §4.8.
INSTANTIATE_TEST_SUITE_P(
    Vectors, Rfc4231,
    testing::ValuesIn(std::vector<Vector>{
        {"Case1", repeated("0b", 20), bytes_of("Hi There"),
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Case2", "4a656665", bytes_of("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"Case3", repeated("aa", 20), std::vector<std::uint8_t>(50, 0xdd),
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {"Case4", "0102030405060708090a0b0c0d0e0f10111213141516171819",
         std::vector<std::uint8_t>(50, 0xcd),
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        {"Case5", repeated("0c", 20), bytes_of("Test With Truncation"),
         "a3b6167473100ee06e0c796c2955552b"},
        {"Case6", repeated("aa", 131),
         bytes_of("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {"Case7", repeated("aa", 131),
         bytes_of("This is a test using a larger than block-size key and a larger than block-size "
                  "data. The key needs to be hashed before being used by the HMAC algorithm."),
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    }),
    [](const auto& param) { return param.param.name; });

TEST(HmacSha256, IsDefinedForAnEmptyMessage) {
  const HmacSha256 mac(secret_of_hex("4a656665"));
  EXPECT_EQ(encode_hex(mac.compute({})),
            "923598ca6d64af2a5dba79dcd021a8a0fe5c5f557519adaaf0ad532d4506dd30");
}

TEST(HmacSha256, GivesEveryThreadItsOwnAnswer) {
  const HmacSha256 mac(secret_of_hex(repeated("0b", 20)));
  std::vector<std::string> wanted;
  for (std::uint8_t i = 0; i < 4; ++i)
    wanted.push_back(encode_hex(mac.compute(std::vector(100, i))));
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::uint8_t i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < 2000; ++n)
        if (encode_hex(mac.compute(std::vector(100, i))) != wanted[i]) ++wrong[i];
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(ConstantTimeEqual, ComparesEveryByteAndTheLength) {
  const std::vector<std::uint8_t> a{1, 2, 3};
  EXPECT_TRUE(constant_time_equal(a, std::vector<std::uint8_t>{1, 2, 3}));
  EXPECT_FALSE(constant_time_equal(a, std::vector<std::uint8_t>{1, 2, 4}));
  EXPECT_FALSE(constant_time_equal(a, std::vector<std::uint8_t>{0, 2, 3}));
  EXPECT_FALSE(constant_time_equal(a, std::vector<std::uint8_t>{1, 2}));
  EXPECT_FALSE(constant_time_equal(a, {}));
  EXPECT_TRUE(constant_time_equal({}, {}));
}

TEST(HmacSha256, LabelAndMessageAreOneText) {
  const HmacSha256 mac(secret_of_hex(std::string(64, 'a')));
  for (const std::size_t cut : {0U, 1U, 63U, 64U, 65U, 100U}) {
    const auto text = bytes_of(std::string(100, 'x'));
    EXPECT_EQ(mac.compute(std::span(text).first(cut), std::span(text).subspan(cut)),
              mac.compute(text))
        << cut;
  }
}

}  // namespace
}  // namespace backstop::crypto
