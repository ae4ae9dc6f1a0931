#include "edge/mta/netstring.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"

namespace backstop::mta {
namespace {

struct Read {
  std::vector<std::string> strings;
  std::string complaint;
  bool within = false;
  bool operator==(const Read&) const = default;
};

Read read(const std::vector<std::string_view>& pieces) {
  NetstringReader reader;
  Read out;
  for (std::string_view piece : pieces) {
    while (const auto text = reader.next(piece))
      out.strings.emplace_back(*text);
  }
  out.complaint = reader.complaint();
  out.within = reader.within_string();
  return out;
}

Read read_whole(std::string_view bytes) {
  return read({bytes});
}

TEST(Netstring, GivesEachStringOfARow) {
  const Read got = read_whole("12:unsign a@b.c,0:,3:x:,,");
  EXPECT_EQ(got.strings, (std::vector<std::string>{"unsign a@b.c", "", "x:,"}));
  EXPECT_EQ(got.complaint, "");
  EXPECT_FALSE(got.within);
}

TEST(Netstring, IsTheSameHoweverItIsCut) {
  for (const std::string_view bytes :
       {"12:unsign a@b.c,4:sign,", "0:,0:,", "5:hello;", "05:hello,", "x",
        "99999:", "4097:", "3:abc,GET / HTTP/1.1\r\n", "7:unfin"}) {
    const Read whole = read_whole(bytes);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut)
      EXPECT_EQ(read({bytes.substr(0, cut), bytes.substr(cut)}), whole) << bytes << " at " << cut;
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      single.push_back(bytes.substr(i, 1));
    EXPECT_EQ(read(single), whole) << bytes;
  }
}

TEST(Netstring, ComplainsOfWhatIsNone) {
  EXPECT_NE(read_whole("GET / HTTP/1.1").complaint, "");
  EXPECT_NE(read_whole(":,").complaint, "");
  EXPECT_NE(read_whole("05:hello,").complaint, "");
  EXPECT_NE(read_whole("-1:,").complaint, "");
  EXPECT_NE(read_whole("5:hello.").complaint, "");
  EXPECT_EQ(read_whole("5:hell").complaint, "");
  EXPECT_TRUE(read_whole("5:hell").within);
}

TEST(Netstring, HoldsNothingOverTheLimit) {
  EXPECT_NE(read_whole(std::to_string(limits::kMapRequestBytes + 1) + ":").complaint, "");
  const std::string text(limits::kMapRequestBytes, 'a');
  std::string bytes;
  append_netstring(bytes, text);
  EXPECT_EQ(read_whole(bytes).strings, std::vector<std::string>{text});
}

TEST(Netstring, NothingComesAfterAComplaint) {
  NetstringReader reader;
  std::string_view input = "x";
  EXPECT_FALSE(reader.next(input));
  input = "3:abc,";
  EXPECT_FALSE(reader.next(input));
}

TEST(Netstring, IsWrittenAsItIsRead) {
  std::string out;
  append_netstring(out, "OK alice@example.com");
  append_netstring(out, "");
  EXPECT_EQ(out, "20:OK alice@example.com,0:,");
}

}  // namespace
}  // namespace backstop::mta
