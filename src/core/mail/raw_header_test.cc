#include "core/mail/raw_header.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace backstop::mail {
namespace {

TEST(RawHeader, FieldsComeBackByteForByteAndInOrder) {
  RawHeader header;
  EXPECT_TRUE(header.append("From", " a@example.com"));
  EXPECT_TRUE(header.append("subject", "  folded\r\n\tline "));
  EXPECT_TRUE(header.append("X-Empty", ""));
  ASSERT_EQ(header.size(), 3U);
  EXPECT_EQ(header.field(0).name, "From");
  EXPECT_EQ(header.field(0).raw, " a@example.com");
  EXPECT_EQ(header.field(1).name, "subject");
  EXPECT_EQ(header.field(1).raw, "  folded\r\n\tline ");
  EXPECT_EQ(header.field(2).raw, "");
  header.clear();
  EXPECT_TRUE(header.empty());
}

TEST(RawHeader, WhatDoesNotFitAndAllBehindItIsLeftOut) {
  RawHeader header;
  EXPECT_TRUE(header.append("A", std::string(limits::kRawHeaderBytes - 10, 'x')));
  EXPECT_FALSE(header.append("B", std::string(20, 'x')));
  EXPECT_FALSE(header.append("C", "x")) << "an order with holes would be another header";
  EXPECT_EQ(header.size(), 1U);
  RawHeader many;
  for (std::size_t i = 0; i < limits::kHeaderFieldsPerBlock; ++i)
    EXPECT_TRUE(many.append("A", "b"));
  EXPECT_FALSE(many.append("A", "b"));
}

}  // namespace
}  // namespace backstop::mail
