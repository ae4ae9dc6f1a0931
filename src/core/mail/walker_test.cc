#include "core/mail/walker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "testing/walk_record.h"

namespace backstop::mail {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::record_walk;
using testing::WalkRecorder;

std::string read_fixture(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::map<std::string, std::string> all_fixtures() {
  std::map<std::string, std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator("testdata/mail")) {
    if (entry.path().extension() == ".eml") out[entry.path().stem()] = read_fixture(entry.path());
  }
  return out;
}

std::string record(std::string_view bytes) {
  return record_walk(bytes, bytes.size(), 1);
}

std::string fixture(const std::string& name) {
  return read_fixture("testdata/mail/" + name + ".eml");
}

// Every line of the record that begins so.
std::vector<std::string> lines(const std::string& record, std::string_view begin) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < record.size()) {
    const std::size_t end = std::min(record.find('\n', at), record.size());
    const std::string line = record.substr(at, end - at);
    if (line.starts_with(begin)) out.push_back(line);
    at = end + 1;
  }
  return out;
}

TEST(Walker, SplitAtEveryByteEveryFixtureGivesTheSameCalls) {
  const auto fixtures = all_fixtures();
  ASSERT_GE(fixtures.size(), 25U);
  for (const auto& [name, bytes] : fixtures) {
    const std::string whole = record(bytes);
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
      ASSERT_EQ(record_walk(bytes, at, bytes.size() + 1), whole) << name << " split at " << at;
    }
  }
}

TEST(Walker, FedInSmallPiecesEveryFixtureGivesTheSameCalls) {
  for (const auto& [name, bytes] : all_fixtures()) {
    const std::string whole = record(bytes);
    for (const std::size_t size : {1U, 2U, 3U, 7U, 64U}) {
      ASSERT_EQ(record_walk(bytes, 0, size), whole) << name << " in pieces of " << size;
    }
  }
}

TEST(Walker, EveryPartThatBeginsHasAHeadAndEnds) {
  for (const auto& [name, bytes] : all_fixtures()) {
    const std::string text = record(bytes);
    EXPECT_EQ(lines(text, "part ").size(), lines(text, "end ").size()) << name;
    EXPECT_EQ(lines(text, "part ").size(), lines(text, "head ").size()) << name;
  }
}

// The record of a walk that stops at the header, the same wherever the message is split.
std::string record_stopped(const std::string& message) {
  std::string whole;
  for (std::size_t at = 0; at <= message.size(); ++at) {
    WalkRecorder recorder([](const PartHead&) { return PartAction::Stop; });
    Walker walker(recorder);
    walker.feed(std::string_view(message).substr(0, at));
    walker.feed(std::string_view(message).substr(at));
    walker.finish();
    recorder.end(walker);
    if (at == 0) whole = recorder.text();
    EXPECT_EQ(recorder.text(), whole) << "split at " << at;
  }
  return whole;
}

TEST(Walker, StoppedBehindTheHeaderTellsNothingOfTheRestHoweverItIsFed) {
  const std::string header = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  using namespace std::string_literals;
  const std::string body = "--b\r\nX-A: y\r\n\r\n\0text\r\n--b\r\n"s;
  const std::string whole = record_stopped(header + body);
  record_stopped("no\0field\nbody\n"s);
  record_stopped(std::string(1100, 'x') + "\0\n"s);
  EXPECT_THAT(whole, HasSubstr("head 0 multipart/mixed"));
  EXPECT_THAT(whole, Not(HasSubstr("X-A")));
  EXPECT_THAT(whole, Not(HasSubstr("end 0")));
  EXPECT_TRUE(whole.ends_with("defects\n")) << whole;
}

struct TreeCase {
  std::string name;
  std::vector<std::string> heads;    // Number, type and subtype of each part in order.
  std::vector<std::string> defects;  // By name.
};

TEST(Walker, FixturesHaveTheTreeAndTheDefectsThatTheirNamesSay) {
  const TreeCase cases[] = {
      {"plain", {"0 text/plain"}, {}},
      {"empty", {"0 text/plain"}, {"header-not-ended"}},
      {"header-only", {"0 text/plain"}, {}},
      {"header-not-ended", {"0 text/plain"}, {"header-not-ended"}},
      {"body-only", {"0 text/plain"}, {"header-line-not-a-field"}},
      {"mbox-from-line", {"0 text/plain"}, {}},
      {"alternative-nested",
       {"0 multipart/mixed", "1 multipart/related", "2 multipart/alternative", "3 text/plain",
        "4 text/html", "5 image/png", "6 application/octet-stream"},
       {}},
      {"dsn-rfc822",
       {"0 multipart/report", "1 text/plain", "2 message/delivery-status", "3 message/rfc822",
        "4 text/plain"},
       {}},
      {"dsn-rfc822-headers",
       {"0 multipart/report", "1 text/plain", "2 message/delivery-status", "3 text/rfc822-headers",
        "4 text/plain"},
       {}},
      {"dsn-global-headers",
       {"0 multipart/report", "1 text/plain", "2 message/delivery-status",
        "3 message/global-headers", "4 text/plain"},
       {}},
      {"dsn-rfc822-base64",
       {"0 multipart/report", "1 text/plain", "2 message/delivery-status", "3 message/rfc822",
        "4 text/plain"},
       {}},
      {"dsn-rfc822-qp",
       {"0 multipart/report", "1 text/plain", "2 message/delivery-status", "3 message/rfc822",
        "4 multipart/mixed", "5 text/plain", "6 text/html"},
       {}},
      {"rfc822-nested",
       {"0 message/rfc822", "1 multipart/mixed", "2 message/rfc822", "3 multipart/mixed",
        "4 text/plain", "5 text/plain", "6 text/plain"},
       {"boundary-not-closed"}},
      {"digest",
       {"0 multipart/mixed", "1 text/plain", "2 multipart/digest", "3 message/rfc822",
        "4 text/plain", "5 message/rfc822", "6 text/plain", "7 text/plain", "8 text/plain"},
       {}},
      {"boundary-missing", {"0 multipart/mixed"}, {"boundary-missing"}},
      {"boundary-unclosed",
       {"0 multipart/mixed", "1 text/plain", "2 text/plain"},
       {"boundary-not-closed"}},
      {"boundary-same-prefix",
       {"0 multipart/mixed", "1 multipart/alternative", "2 text/plain", "3 multipart/mixed",
        "4 text/plain", "5 text/plain"},
       {}},
      {"boundary-padding",
       {"0 multipart/mixed", "1 text/plain", "2 text/plain", "3 text/plain"},
       {}},
      {"parent-closes-child",
       {"0 multipart/mixed", "1 multipart/mixed", "2 multipart/mixed", "3 text/plain",
        "4 text/plain"},
       {"boundary-not-closed"}},
      {"line-ends-crcrlf", {"0 text/plain"}, {}},
      {"line-ends-cr", {"0 multipart/mixed", "1 text/plain", "2 text/html"}, {}},
      {"nul-bytes", {"0 text/plain"}, {"header-line-not-a-field", "nul-byte"}},
      {"header-oddities", {"0 text/html"}, {"header-line-not-a-field", "encoding-broken"}},
      {"base64-oddities",
       {"0 multipart/mixed", "1 text/plain", "2 text/plain", "3 text/plain", "4 text/plain"},
       {"encoding-unknown", "encoding-broken"}},
      {"empty-parts",
       {"0 multipart/mixed", "1 text/plain", "2 text/plain", "3 text/plain", "4 message/rfc822",
        "5 text/plain", "6 multipart/mixed", "7 message/rfc822", "8 text/plain"},
       {"boundary-not-closed"}},
      {"mdn",
       {"0 multipart/report", "1 text/plain", "2 message/disposition-notification",
        "3 message/partial"},
       {}},
  };
  for (const TreeCase& want : cases) {
    const std::string text = record(fixture(want.name));
    std::vector<std::string> heads;
    for (const std::string& line : lines(text, "head ")) {
      heads.push_back(line.substr(5, line.find(' ', line.find(' ', 5) + 1) - 5));
    }
    EXPECT_EQ(heads, want.heads) << want.name << "\n" << text;
    std::string defects = "defects";
    for (const std::string& name : want.defects)
      defects += " " + name;
    EXPECT_THAT(text, HasSubstr("\n" + defects + "\n")) << want.name;
  }
}

TEST(Walker, TheLineEndBeforeADelimiterBelongsToTheDelimiter) {
  const std::string head = "Content-Type: multipart/mixed; boundary=b\n\n";
  EXPECT_THAT(record(head + "--b\n\nx\n--b--\n"), HasSubstr("\ncontent 1 x\nend 1\n"));
  EXPECT_THAT(record(head + "--b\r\n\r\nx\r\n--b--\r\n"), HasSubstr("\ncontent 1 x\nend 1\n"));
  EXPECT_THAT(record(head + "--b\n\nx\n\n--b--\n"), HasSubstr("\ncontent 1 x\n\nend 1\n"));
}

TEST(Walker, AReturnedHeaderBlockIsHandedOutFieldByFieldWhateverItsTypeIsCalled) {
  for (const char* name : {"dsn-rfc822-headers", "dsn-message-headers", "dsn-global-headers"}) {
    const std::string text = record(fixture(name));
    EXPECT_THAT(text, HasSubstr("part 4 in 3 depth 2 headers")) << name;
    EXPECT_THAT(text, HasSubstr("field 4 Message-ID: <original.7@victim.example>")) << name;
    EXPECT_THAT(text, Not(HasSubstr("are you there?"))) << name;
  }
}

TEST(Walker, ATransferEncodedMessageIsDecodedAndWalked) {
  for (const char* name : {"dsn-rfc822-base64", "dsn-rfc822-qp"}) {
    const std::string text = record(fixture(name));
    EXPECT_THAT(text, HasSubstr("part 4 in 3 depth 2 enclosed")) << name;
    EXPECT_THAT(text, HasSubstr("field 4 Message-ID: <original.7@victim.example>")) << name;
    EXPECT_THAT(text, Not(HasSubstr(" cut"))) << name;
  }
}

TEST(Walker, EmptyLinesAndAFromLineBeforeAReturnedHeaderArePassedOver) {
  const std::string text = record(fixture("dsn-blank-before-original"));
  EXPECT_THAT(text, HasSubstr("field 4 Message-ID: <original.7@victim.example>"));
  EXPECT_THAT(text, HasSubstr("content 4 Dear nobody"));
}

TEST(Walker, AMessageWhoseLinesEndInCarriageReturnsAloneReadsAsWithLineFeeds) {
  std::string bytes = fixture("rfc822-nested");
  const std::string want = record(bytes);
  std::replace(bytes.begin(), bytes.end(), '\n', '\r');
  EXPECT_EQ(record(bytes), want);
  // A CR in a later line, or one that ends no line, is text.
  EXPECT_THAT(record("A: b\nC: d\re\n\n"), HasSubstr("field 0 C: d\re"));
  EXPECT_THAT(record("A: b\r"), HasSubstr("field 0 A: b\n"));
}

TEST(Walker, AMessagePartWithNothingInItHasAnEmptyMessageInIt) {
  const std::string text = record(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n--b--");
  EXPECT_THAT(text,
              HasSubstr("part 2 in 1 depth 2 enclosed\nhead 2 text/plain\nend 2\nend 1\nend 0"));
}

TEST(Walker, APartCutOffByTheOuterBoundaryIsNotWhole) {
  const std::string text = record(fixture("parent-closes-child"));
  EXPECT_EQ(lines(text, "end "),
            (std::vector<std::string>{"end 3 cut", "end 2 cut", "end 1 cut", "end 4", "end 0"}));
}

struct ContentCase {
  std::string encoding, body, want;
  bool broken = false;
};

TEST(Walker, TransferEncodingsAreUndoneAndWhatDoesNotDecodeIsADefect) {
  const ContentCase cases[] = {
      {"base64", "SGVsbG8s\n IHdvcmxk", "Hello, world"},
      {"BASE64", "SGVsbG8=", "Hello"},
      {"base64", "SGVsbA==\n", "Hell"},
      {"base64", "SGVsbA", "Hell", true},
      {"base64", "SGVsbA==\n\nFooter", "Hell", true},
      {"base64", "SG*Vs\n-bG8=", "Hello", true},
      {"base64", "====", "", true},
      {"base64", "", ""},
      {"quoted-printable", "a=3Db=C3=BC=\r\nc= \t\nd=",
       "a=b\xc3\xbc"
       "cd"},
      {"quoted-printable", "=zz==4=3d=4", "=zz==4==4", true},
      {"quoted-printable (comment)", "x\n", "x\n"},
      {"8bit", "=3D", "=3D"},
      {"x-uuencode", "=3D", "=3D"},
  };
  for (const ContentCase& c : cases) {
    const std::string bytes = "Content-Transfer-Encoding: " + c.encoding + "\n\n" + c.body;
    for (const std::size_t size : {1U, 2U, 3U, 1000U}) {
      const std::string text = record_walk(bytes, 0, size);
      const std::string content = c.want.empty() ? "" : "\ncontent 0 " + c.want;
      EXPECT_THAT(text, HasSubstr("head 0 text/plain" + content + "\nend 0\n")) << c.body;
      EXPECT_EQ(text.find("encoding-broken") != text.npos, c.broken) << c.body;
    }
  }
}

TEST(Walker, SkippedPartsGiveNoContentAndMessagesThatAreNotEnteredStayOpaque) {
  WalkRecorder recorder([](const PartHead& head) {
    return head.is("message", "rfc822") ? PartAction::Decode : PartAction::Skip;
  });
  Walker walker(recorder);
  walker.feed(fixture("dsn-rfc822-base64"));
  walker.finish();
  EXPECT_EQ(walker.parts_seen(), 4U);
  EXPECT_EQ(lines(recorder.text(), "content ").size(), 1U);
  EXPECT_THAT(recorder.text(), HasSubstr("content 3 Return-Path: <anna@victim.example>\r\n"));
}

TEST(Walker, FieldsHandedOverOneByOneGiveTheCallsOfTheRawMessage) {
  for (const char* name : {"dsn-rfc822", "alternative-nested", "plain", "mdn"}) {
    const std::string bytes = fixture(name);
    const std::string whole = record(bytes);
    WalkRecorder recorder;
    Walker walker(recorder);
    const std::size_t body = bytes.find("\r\n\r\n");
    std::size_t at = 0;
    while (at < body) {
      std::size_t end = bytes.find("\r\n", at);
      while (bytes[end + 2] == ' ' || bytes[end + 2] == '\t')
        end = bytes.find("\r\n", end + 2);
      const std::size_t colon = bytes.find(':', at);
      walker.feed_field(std::string_view(bytes).substr(at, colon - at),
                        std::string_view(bytes).substr(colon + 1, end - colon - 1));
      at = end + 2;
    }
    walker.end_header();
    walker.feed(std::string_view(bytes).substr(body + 4));
    walker.finish();
    recorder.end(walker);
    EXPECT_EQ(recorder.text(), whole) << name;
  }
}

TEST(Walker, AFieldOverTheLimitIsCutAndTheNextIsRead) {
  const std::string bytes = "X-Long: " + std::string(50'000, 'x') + "\r\nSubject: next\r\n\r\n";
  const std::string text = record(bytes);
  EXPECT_EQ(record_walk(bytes, 0, 1000), text);
  const auto fields = lines(text, "field ");
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0].size(), std::string("field 0 cut ").size() + limits::kWalkerHeldBytes);
  EXPECT_EQ(fields[1], "field 0 Subject: next");
  EXPECT_THAT(text, HasSubstr("defects header-field-too-long\n"));
}

TEST(Walker, AFieldOfExactlyTheLimitIsNotCut) {
  for (const char* line_end : {"\n", "\r\n"}) {
    const std::string field = "X: " + std::string(limits::kWalkerHeldBytes - 3, 'x');
    for (const std::size_t size : {1U, 4096U, 100'000U}) {
      EXPECT_THAT(record_walk(field + line_end + line_end, 0, size), HasSubstr("\ndefects\n"));
      EXPECT_THAT(record_walk(field + "x" + line_end + line_end, 0, size),
                  HasSubstr("field 0 cut X: x"));
    }
  }
}

TEST(Walker, AHundredThousandFieldsAreCountedAndAThousandHandedOut) {
  std::string bytes;
  for (int i = 0; i < 100'000; ++i)
    bytes += "X-N: " + std::to_string(i) + "\n";
  bytes += "\nbody\n";
  const std::string text = record(bytes);
  EXPECT_EQ(lines(text, "field ").size(), limits::kHeaderFieldsPerBlock);
  EXPECT_THAT(text, HasSubstr("content 0 body\n"));
  EXPECT_THAT(text, HasSubstr("defects too-many-header-fields\n"));
}

TEST(Walker, AHeaderBlockOverTheLimitOfBytesIsReadOnWithoutItsFields) {
  std::string bytes;
  for (int i = 0; i < 200; ++i)
    bytes += "X: " + std::string(10'000, 'y') + "\n";
  const std::string text = record(bytes + "\nbody\n");
  EXPECT_EQ(lines(text, "field ").size(), limits::kHeaderBytesPerBlock / 10'003);
  EXPECT_THAT(text, HasSubstr("defects header-block-too-long\n"));
  EXPECT_THAT(text, HasSubstr("content 0 body\n"));
}

TEST(Walker, WhatStandsBeforeTheFirstPartOfAMultipartIsGivenToWhoAsksForIt) {
  struct Preamble final : Visitor {
    PartAction on_header_end(const PartHead& head) override {
      return head.multipart ? PartAction::Decode : PartAction::Skip;
    }
    void on_content(PartId id, std::string_view bytes) override {
      EXPECT_EQ(id, 0U);
      text += bytes;
    }
    std::string text;
  };
  for (const std::string_view body : {"before\n--b\n\nin\n--b--\nbehind\n", "before\n"}) {
    Preamble preamble;
    Walker walker(preamble);
    walker.feed("Content-Type: multipart/mixed; boundary=b\n\n");
    walker.feed(body);
    walker.finish();
    EXPECT_EQ(preamble.text.substr(0, 6), "before");
    EXPECT_EQ(preamble.text.find("in"), std::string::npos);
    EXPECT_EQ(preamble.text.find("behind"), std::string::npos);
  }
}

TEST(Walker, TwentyThousandNestedMultipartsEndAtTheDepthLimit) {
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = "b" + std::to_string(i);
    bytes += "Content-Type: multipart/mixed; boundary=" + name + "\n\n--" + name + "\n";
  }
  const std::string text = record(bytes);
  EXPECT_EQ(lines(text, "part ").size(), limits::kMimeDepth);
  EXPECT_THAT(text, HasSubstr("depth-exceeded"));
}

TEST(Walker, TwentyThousandNestedMessagesEndAtTheDepthLimit) {
  std::string bytes;
  for (int i = 0; i < 20'000; ++i)
    bytes += "Content-Type: message/rfc822\n\n";
  const std::string text = record(bytes);
  EXPECT_EQ(lines(text, "part ").size(), limits::kMimeDepth);
  EXPECT_THAT(text, HasSubstr("depth-exceeded"));
}

TEST(Walker, PartsOverTheLimitArePassedOverUpToTheClosingDelimiter) {
  std::string bytes = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 3000; ++i)
    bytes += "--b\n\npart\n";
  const std::string text = record(bytes + "--b--\n");
  EXPECT_EQ(lines(text, "part ").size(), limits::kMimeParts);
  EXPECT_EQ(lines(text, "end 0").front(), "end 0");
  EXPECT_THAT(text, HasSubstr("defects parts-exceeded\n"));
}

TEST(Walker, ALineOfFiftyMegabytesPassesThrough) {
  struct Counter final : Visitor {
    PartAction on_header_end(const PartHead&) override { return PartAction::Decode; }
    void on_content(PartId, std::string_view bytes) override { n += bytes.size(); }
    std::size_t n = 0;
  };
  for (const char* type : {"text/plain", "multipart/mixed; boundary=b"}) {
    Counter counter;
    Walker walker(counter);
    walker.feed("Content-Type: " + std::string(type) + "\n\n--b\n\n");
    const std::string chunk(64 * 1024, '-');
    for (int i = 0; i < 800; ++i)
      walker.feed(chunk);
    walker.finish();
    EXPECT_GE(counter.n, 800U * 64 * 1024);
  }
}

TEST(Walker, ALongLineOfCarriageReturnsOrPaddingReadsTheSameHoweverItIsSplit) {
  const std::string head = "Content-Type: multipart/mixed; boundary=b\n\n--b\n";
  const std::string crs(2000, '\r');
  const std::string blanks(2000, ' ');
  for (const std::string& line :
       {crs + "x\n", "--b" + blanks + "\n", "--b" + blanks + "x\n", "X" + crs + ": y\n",
        "--b" + std::string(1020, ' ') + "\n", "--b" + std::string(1019, ' ') + "\r\n",
        std::string(998, 'n') + ": v\n", std::string(999, 'n') + ": v\n"}) {
    for (const std::string& bytes : {head + line + "\nbody\n", head + "\n" + line + "x"}) {
      const std::string whole = record(bytes);
      for (const std::size_t size : {1U, 5U, 1023U, 1024U, 1025U}) {
        EXPECT_EQ(record_walk(bytes, 0, size), whole) << line.size();
      }
    }
  }
}

TEST(Walker, InTheMiddleOfABodyItHoldsLessThanTwoKibibytes) {
  Visitor visitor;
  const std::string bytes = fixture("alternative-nested");
  const std::string_view begun = std::string_view(bytes).substr(0, bytes.find("p>Gr") + 2);
  std::vector<Walker> walkers;
  walkers.reserve(100);
  const std::size_t before = mallinfo2().uordblks;
  for (int i = 0; i < 100; ++i)
    walkers.emplace_back(visitor).feed(begun);
  EXPECT_LT(mallinfo2().uordblks - before, 100U * 2048);
  EXPECT_EQ(walkers.back().parts_seen(), 5U);
}

TEST(Defects, NamesStandInTheOrderOfTheEnumeration) {
  Defects defects;
  defects.add(Defect::NulByte);
  defects.add(Defect::BoundaryMissing);
  EXPECT_EQ(defects.names(), (std::vector<std::string_view>{"boundary-missing", "nul-byte"}));
  for (unsigned i = 0; i < kDefectCount; ++i) {
    EXPECT_FALSE(name_of(static_cast<Defect>(i)).empty());
  }
}

}  // namespace
}  // namespace backstop::mail
