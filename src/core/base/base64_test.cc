#include "core/base/base64.h"

#include <gtest/gtest.h>

#include <string>

namespace backstop {
namespace {

std::string decoded(std::string_view text) {
  const auto bytes = decode_base64(text);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "no base64";
}

// RFC 4648 §10.
TEST(Base64, TheExamplesOfTheStandardAreDecoded) {
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("Zg=="), "f");
  EXPECT_EQ(decoded("Zm8="), "fo");
  EXPECT_EQ(decoded("Zm9v"), "foo");
  EXPECT_EQ(decoded("Zm9vYg=="), "foob");
  EXPECT_EQ(decoded("Zm9vYmE="), "fooba");
  EXPECT_EQ(decoded("Zm9vYmFy"), "foobar");
}

TEST(Base64, WhiteSpaceIsPassedOverAndPaddingMayBeMissing) {
  EXPECT_EQ(decoded(" Zm9v\r\n\tYg = ="), "foob");
  EXPECT_EQ(decoded("Zm9vYg"), "foob");
  EXPECT_EQ(decoded("Zm9vYmE"), "fooba");
}

TEST(Base64, WhatNoEncoderMakesIsNone) {
  for (const char* text : {"Z", "Zm9vY", "Zm9v=", "Zm9v====", "Zg=", "Zg===", "Zg==Zg==", "Zm9-",
                           "Zm9_", "=", "Zm9v\x80"})
    EXPECT_EQ(decoded(text), "no base64") << text;
}

}  // namespace
}  // namespace backstop
