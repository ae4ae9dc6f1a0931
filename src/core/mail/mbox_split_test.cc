#include "core/mail/mbox_split.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/from_line.h"

namespace backstop::mail {
namespace {

struct Found {
  std::uint64_t begin = 0;
  std::string bytes;
  bool operator==(const Found&) const = default;
};

void PrintTo(const Found& found, std::ostream* out) {
  *out << found.begin << " \"" << found.bytes << "\"";
}

// The window reaches `step` bytes farther each time, and is moved as far as it may be.
std::vector<MboxBoundary> boundaries(std::string_view file, std::size_t step) {
  std::vector<MboxBoundary> found;
  MboxSplitter splitter;
  std::size_t reach = 0;
  while (reach < file.size()) {
    reach = std::min(file.size(), reach + step);
    const std::uint64_t base = splitter.kept_from();
    const auto from = static_cast<std::size_t>(base);
    while (const auto boundary = splitter.next({.bytes = file.substr(from, reach - from),
                                                .base = base,
                                                .ended = reach == file.size()})) {
      found.push_back(*boundary);
    }
  }
  return found;
}

std::vector<Found> split(std::string_view file, std::size_t step) {
  std::vector<Found> messages;
  const auto all = boundaries(file, step);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto begin = static_cast<std::size_t>(all[i].begin);
    const std::string_view bytes =
        i + 1 < all.size() ? file.substr(begin, static_cast<std::size_t>(all[i + 1].end) - begin)
                           : without_last_empty_line(file.substr(begin));
    messages.push_back({begin, std::string(bytes)});
  }
  return messages;
}

std::vector<std::string> texts(std::string_view file) {
  std::vector<std::string> bytes;
  for (const Found& found : split(file, file.size()))
    bytes.push_back(found.bytes);
  return bytes;
}

constexpr std::string_view kFrom = "From a@example.org Fri Nov 20 10:00:00 2026\n";

TEST(FromLineTest, SentencesAreNoFromLines) {
  EXPECT_TRUE(is_from_line("From bob@example.net Fri Nov 20 10:00:01 2026"));
  EXPECT_TRUE(is_from_line("From ???@??? Sat Jan 01 00:00:00 2005\r\n"));
  EXPECT_FALSE(is_from_line("From 10:00 on"));
  EXPECT_FALSE(is_from_line("From here to 2026"));
  EXPECT_FALSE(is_from_line("From: bob@example.net at 10:00 2026"));
}

TEST(FromLineTest, StrictOnesHaveTheirWordsInOrder) {
  EXPECT_TRUE(is_strict_from_line("From - Sat Jan  1 00:00:00 2005\n"));
  EXPECT_TRUE(is_strict_from_line("From bob Sat Jan 1 00:00 MET DST 1995\n"));
  EXPECT_TRUE(is_strict_from_line("From bob Sat Jan 1 00:00:00 1995 +0100 remote from host\n"));
  EXPECT_TRUE(is_strict_from_line("From  Sat Jan 1 00:00:00 1995\n"));
  EXPECT_FALSE(is_strict_from_line("From Sat on, in Jan 2005 at 10:00"));
  EXPECT_FALSE(is_strict_from_line("From bob at home Sat Jan 1 00:00:00 1995"));
  EXPECT_FALSE(is_strict_from_line("From bob Sat Jan 1 1995"));
}

TEST(FromLineTest, SenderIsTheFirstWordUnlessItFillsThePlace) {
  EXPECT_EQ(from_line_sender("bob@example.net Sat Jan 1"), "bob@example.net");
  EXPECT_EQ(from_line_sender("- Sat Jan 1"), "");
  EXPECT_EQ(from_line_sender("???@??? Sat Jan 1"), "");
  EXPECT_EQ(from_line_sender(""), "");
}

TEST(MboxSplitTest, FromLineWithoutEmptyLineNeedsItsFormAndAField) {
  const std::string from(kFrom);
  EXPECT_EQ(texts(from + "A: 1\n\nx\n" + from + "B: 2\n\ny\n"),
            (std::vector<std::string>{"A: 1\n\nx\n", "B: 2\n\ny\n"}));
  EXPECT_EQ(texts(from + "A: 1\n\nx\n" + from + "no field\n").size(), 1U);
  EXPECT_EQ(texts(from + "A: 1\n\nx\nFrom me at 10:00 in 2026\nB: 2\n").size(), 1U);
}

TEST(MboxSplitTest, BareFromLinesNeedAnEmptyLineAndAField) {
  EXPECT_EQ(texts("From \r\nA: 1\r\n\r\nx\r\n\r\nFrom -\r\nB: 2\r\n"),
            (std::vector<std::string>{"A: 1\r\n\r\nx\r\n", "B: 2\r\n"}));
  EXPECT_EQ(texts("From \r\nA: 1\r\n\r\nx\r\n\r\nFrom \r\nno field\r\n").size(), 1U);
}

TEST(MboxSplitTest, ContentLengthIsBelievedWhereItLeadsToAMessageOrTheEnd) {
  const std::string from(kFrom);
  const std::string body = "x\n\n" + from + "B: 2\n\ny\n";
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\n\n";
  EXPECT_EQ(texts(from + length + body + "\n" + from + "C: 3\n"),
            (std::vector<std::string>{length + body, "C: 3\n"}));
  EXPECT_EQ(texts(from + length + body), (std::vector<std::string>{length + body}));
  // False ones do no harm.
  for (const std::size_t wrong : {body.size() + 3, body.size() - 5, std::size_t{1000000}}) {
    const std::string lie = "content-length: " + std::to_string(wrong) + "\n\n";
    EXPECT_EQ(texts(from + lie + body + "\n" + from + "C: 3\n"),
              (std::vector<std::string>{lie + "x\n", "B: 2\n\ny\n", "C: 3\n"}))
        << wrong;
  }
}

TEST(MboxSplitTest, LinesMayEndInCarriageReturnsAlone) {
  EXPECT_EQ(texts("From a Fri Nov 20 10:00:00 2026\rA: 1\r\rx\r\rFrom b Fri Nov 20 10:00:00 "
                  "2026\rB: 2\r\ry\r"),
            (std::vector<std::string>{"A: 1\r\rx\r", "B: 2\r\ry\r"}));
}

TEST(MboxSplitTest, ByteOrderMarkAndEmptyLinesMayStandFirst) {
  const auto marked = split("\xef\xbb\xbf" + std::string(kFrom) + "A: 1\n", 1000);
  ASSERT_EQ(marked.size(), 1U);
  EXPECT_EQ(marked[0].begin, 3 + kFrom.size());
  EXPECT_EQ(texts("\n\n" + std::string(kFrom) + "A: 1\n"), std::vector<std::string>{"A: 1\n"});
}

TEST(MboxSplitTest, LongLinesPassThrough) {
  const std::string line(limits::kMboxLineBytes * 5, 'x');
  const std::string first = "From a Fri Nov 20 10:00:00 2026\n" + line + "\n\n";
  const std::string mbox = first + "From " + line + " 10:00 2026\n\n" + std::string(kFrom) + "y\n";
  for (const std::size_t step : {std::size_t{1}, std::size_t{40}, mbox.size()}) {
    const auto got = split(mbox, step);
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[1].bytes, "y\n");
  }
}

// --- The same rules once more, line by line and without any haste --------------------------------

class SlowSplitter {
 public:
  explicit SlowSplitter(std::string_view file) : file_(file) {
    for (std::size_t at = 0; at < file.size();) {
      const std::size_t end = file.find('\n', at);
      const std::size_t next = end == file.npos ? file.size() : end + 1;
      lines_.push_back({at, next - at});
      at = next;
    }
  }

  std::vector<Found> split() const {
    std::vector<Found> messages;
    std::optional<std::size_t> open;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (!begins(i) || (open && is_content(*open, i))) continue;
      if (open) messages.push_back(message(*open, lines_[i].at));
      open = i + 1;
    }
    if (open) messages.push_back(message(*open, file_.size()));
    return messages;
  }

 private:
  struct Line {
    std::size_t at;
    std::size_t bytes;
  };

  std::string_view text(std::size_t i) const {
    return i < lines_.size() ? file_.substr(lines_[i].at, lines_[i].bytes) : std::string_view();
  }
  std::size_t place(std::size_t i) const { return i < lines_.size() ? lines_[i].at : file_.size(); }
  bool is_empty(std::size_t i) const { return text(i) == "\n" || text(i) == "\r\n"; }

  bool begins(std::size_t i) const {
    if (!text(i).starts_with("From ")) return false;
    const bool apart = i == 0 || is_empty(i - 1);
    if (apart && is_from_line(text(i))) return true;
    const bool form = is_strict_from_line(text(i)) || (apart && is_bare_from_line(text(i)));
    return form && begins_field(text(i + 1));
  }

  // Whether line i lies in what the message that begins with line `first` says is its content.
  bool is_content(std::size_t first, std::size_t i) const {
    std::size_t length = 0;
    std::size_t header = first;
    for (; header < i && !is_empty(header); ++header) {
      const std::string_view line = text(header);
      if (!ascii::starts_with_folded(line, "content-length:")) continue;
      const std::string value(ascii::trim(line.substr(15)));
      if (!value.empty() && value.find_first_not_of("0123456789") == value.npos &&
          value.size() < 9) {
        length = std::stoul(value);
      }
    }
    const std::size_t end = place(header + 1) + length;
    if (length == 0 || header >= i || end <= lines_[i].at) return false;
    if (end > file_.size()) return false;
    const std::string_view rest = file_.substr(end);
    for (const std::string_view before :
         {"", "\n", "\r\n", "\n\n", "\r\n\r\n", "\n\r\n", "\r\n\n"}) {
      if (!rest.starts_with(before)) continue;
      const std::size_t at = end + before.size();
      if (at == file_.size()) return true;
      const std::string_view line = file_.substr(at, file_.find('\n', at) - at + 1);
      if (file_[at - 1] == '\n' && is_from_line(line)) return true;
    }
    return false;
  }

  Found message(std::size_t first, std::size_t end) const {
    const std::size_t begin = place(first);
    // An empty line between the message and what follows it.
    for (const Line& line : lines_) {
      const std::string_view whole = file_.substr(line.at, line.bytes);
      const bool empty = whole == "\n" || whole == "\r\n";
      if (empty && line.at + line.bytes == end && line.at >= begin) {
        return {begin, std::string(file_.substr(begin, line.at - begin))};
      }
    }
    return {begin, std::string(file_.substr(begin, end - begin))};
  }

  std::string_view file_;
  std::vector<Line> lines_;
};

std::string random_mbox(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"\n",
                                                   "\r\n",
                                                   "x\n",
                                                   "y",
                                                   "\n\n",
                                                   "From ",
                                                   "From \n",
                                                   "From -\n",
                                                   ">From a b\n",
                                                   "From a@example.org Fri Nov 20 10:00:00 2026\n",
                                                   "From - Fri Nov 20 10:00:00 2026\r\n",
                                                   "From b Fri Nov 20 10:00:00 2026\nB: 2\n",
                                                   "\nFrom c Fri Nov 20 10:00:00 2026\nC: 3\n\n",
                                                   "From here on at 10:30 in 2026\n",
                                                   "From now on\n",
                                                   "For\n",
                                                   "C: d\n",
                                                   "Content-Type: x\n",
                                                   "Content-Length: 7\n",
                                                   "content-length: 44\n\n",
                                                   "Content-Length: 12x\n",
                                                   "Content-Length: 90\n\n",
                                                   "Subject: From me\n",
                                                   "a line of text that fills some space\r\n"};
  std::string mbox = random() % 8 == 0 ? "" : "From a Fri Nov 20 10:00:00 2026\n";
  const auto pieces = random() % 30;
  for (unsigned i = 0; i < pieces; ++i)
    mbox += kPieces[random() % kPieces.size()];
  return mbox;
}

TEST(MboxSplitTest, AgreesWithASlowSplitterHoweverTheWindowMoves) {
  std::mt19937 random(7);
  std::size_t messages = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string mbox = random_mbox(random);
    // A first line that ends in CR alone makes every CR a line end; that has its own test.
    const auto want = SlowSplitter(mbox).split();
    messages += want.size();
    for (const std::size_t step :
         {mbox.size() + 1, std::size_t{1}, std::size_t{1 + random() % 100}}) {
      ASSERT_EQ(split(mbox, step), want) << mbox;
    }
  }
  EXPECT_GT(messages, 40000U);
}

}  // namespace
}  // namespace backstop::mail
