#include "edge/dns/txt_lookup.h"

#include <gtest/gtest.h>

namespace backstop::dns {
namespace {

using Bytes = std::vector<std::uint8_t>;

void append(Bytes& out, std::initializer_list<int> values) {
  for (const int value : values)
    out.push_back(static_cast<std::uint8_t>(value));
}

// A response about "a.": one question, `answers` records.
Bytes response(int answers) {
  Bytes out;
  append(out, {0x12, 0x34, 0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0});
  append(out, {1, 'a', 0, 0, 16, 0, 1});
  return out;
}

void append_txt(Bytes& out, std::initializer_list<std::string> strings) {
  std::size_t length = 0;
  for (const std::string& text : strings)
    length += 1 + text.size();
  append(out, {0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, static_cast<int>(length)});
  for (const std::string& text : strings) {
    out.push_back(static_cast<std::uint8_t>(text.size()));
    out.insert(out.end(), text.begin(), text.end());
  }
}

TEST(TxtLookup, TheStringsOfARecordAreJoined) {
  Bytes message = response(2);
  append_txt(message, {"v=spf1 ", "-all"});
  append_txt(message, {""});
  EXPECT_EQ(parse_txt_answer(message), (std::vector<std::string>{"v=spf1 -all", ""}));
}

TEST(TxtLookup, ABrokenMessageHasNoMoreThanItHolds) {
  Bytes message = response(1);
  append_txt(message, {"v=spf1 -all"});
  for (std::size_t size = 0; size < message.size(); ++size)
    EXPECT_TRUE(parse_txt_answer(std::span(message).first(size)).empty()) << size;
  Bytes lying = response(200);
  append_txt(lying, {"x"});
  EXPECT_EQ(parse_txt_answer(lying).size(), 0U) << "a message that ends early is not believed";
  Bytes overlong = response(1);
  append_txt(overlong, {"x"});
  overlong[overlong.size() - 2] = 200;
  EXPECT_EQ(parse_txt_answer(overlong), std::vector<std::string>{"x"});
}

TEST(TxtLookup, WhatIsNoNameIsNotAsked) {
  EXPECT_EQ(lookup_txt("").error().code, Errc::Invalid);
  EXPECT_EQ(lookup_txt(std::string(2000, 'a')).error().code, Errc::Invalid);
}

}  // namespace
}  // namespace backstop::dns
