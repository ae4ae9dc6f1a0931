#include "core/reading/reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/reading/golden_text.h"

namespace backstop::reading {
namespace {

namespace fs = std::filesystem;

const fs::path kFixtures = "testdata/reading";

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> fixtures() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(kFixtures)) {
    if (entry.path().extension() == ".eml") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

Reading read_fixture(std::string_view name) {
  return read_message(read_file(kFixtures / (std::string(name) + ".eml")));
}

std::string golden_in_two(std::string_view bytes, std::size_t cut) {
  Reader reader;
  reader.feed(bytes.substr(0, cut));
  reader.feed(bytes.substr(cut));
  return render_golden(reader.finish());
}

TEST(ReaderTest, EveryFixtureReadsAsItsGolden) {
  const bool bless = std::getenv("BACKSTOP_BLESS") != nullptr;
  ASSERT_GE(fixtures().size(), 50U);
  for (const fs::path& path : fixtures()) {
    const std::string got = render_golden(read_message(read_file(path)));
    const fs::path want = fs::path(path).replace_extension(".want");
    if (bless) std::ofstream(want, std::ios::binary) << got;
    EXPECT_EQ(read_file(want), got) << path;
  }
}

TEST(ReaderTest, SplittingAnywhereChangesNothing) {
  for (const fs::path& path : fixtures()) {
    const std::string bytes = read_file(path);
    const std::string whole = render_golden(read_message(bytes));
    // The one large fixture only repeats itself.
    const std::size_t step = bytes.size() > 20'000 ? 97 : 1;
    for (std::size_t cut = 0; cut <= bytes.size(); cut += step) {
      ASSERT_EQ(whole, golden_in_two(bytes, cut)) << path << " cut at " << cut;
    }
    Reader reader;
    for (const char c : bytes)
      reader.feed({&c, 1});
    ASSERT_EQ(whole, render_golden(reader.finish())) << path << " byte by byte";
  }
}

TEST(ReaderTest, HeaderFieldsOneByOneReadAsTheBytesDo) {
  for (const char* name : {"postfix-bounce-full", "exim-plain-full", "ordinary", "tls-report"}) {
    const std::string bytes = read_file(kFixtures / (std::string(name) + ".eml"));
    const std::size_t blank = bytes.find("\n\n");
    Reader reader;
    std::string_view header = std::string_view(bytes).substr(0, blank);
    while (!header.empty()) {
      std::size_t end = header.find('\n');
      while (end != header.npos && (header[end + 1] == ' ' || header[end + 1] == '\t')) {
        end = header.find('\n', end + 1);
      }
      const std::string_view field = header.substr(0, end);
      const std::size_t colon = field.find(':');
      reader.feed_field(field.substr(0, colon), field.substr(colon + 1));
      header.remove_prefix(end == header.npos ? header.size() : end + 1);
    }
    reader.end_header();
    reader.feed(std::string_view(bytes).substr(blank + 2));
    EXPECT_EQ(render_golden(read_message(bytes)), render_golden(reader.finish())) << name;
  }
}

TEST(ReaderTest, NothingAfterSettlingChangesWhatIsJudged) {
  unsigned settled_early = 0;
  for (const fs::path& path : fixtures()) {
    const std::string bytes = read_file(path);
    Reader reader;
    std::size_t fed = 0;
    while (fed < bytes.size() && !reader.settled())
      reader.feed({&bytes[fed++], 1});
    if (fed < bytes.size()) ++settled_early;
    const Reading early = reader.finish();
    const Reading whole = read_message(bytes);
    EXPECT_EQ(early.kind, whole.kind) << path;
    EXPECT_EQ(early.language, whole.language) << path;
    ASSERT_EQ(early.recipients.size(), whole.recipients.size()) << path;
    for (std::size_t i = 0; i < early.recipients.size(); ++i) {
      EXPECT_EQ(early.recipients[i].status, whole.recipients[i].status) << path;
      EXPECT_EQ(early.recipients[i].diagnostic, whole.recipients[i].diagnostic) << path;
    }
    EXPECT_EQ(early.returned.form, whole.returned.form) << path;
    EXPECT_EQ(early.returned.tokens, whole.returned.tokens) << path;
    EXPECT_EQ(early.returned.returned_enough(), whole.returned.returned_enough()) << path;
  }
  EXPECT_GT(settled_early, 10U);
}

// A disclaimer or a second text behind what came back is read by nobody, since the door may have
// let the rest of the message go.
TEST(ReaderTest, TextBehindAProvenReturnIsNotRead) {
  const std::string bytes =
      "From: MAILER-DAEMON@b.example\nSubject: failure\nMIME-Version: 1.0\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
      "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; b.example\n\n"
      "Final-Recipient: rfc822; bob@b.example\nAction: failed\nStatus: 5.0.0\n\n"
      "--x\nContent-Type: text/rfc822-headers\n\n"
      "Received: from a ([192.0.2.1]) by b; Fri, 20 Nov 2026 10:00:00 +0000\n"
      "From: alice@example.com\nBackstop-Token: 1\n\n"
      "--x\nContent-Type: text/plain\n\n<bob@b.example>: 552 5.2.2 Das Postfach ist voll.\n--x--\n";
  Reader reader;
  std::size_t fed = 0;
  while (fed < bytes.size() && !reader.settled())
    reader.feed({&bytes[fed++], 1});
  ASSERT_LT(fed, bytes.size());
  const Reading early = reader.finish();
  const Reading whole = read_message(bytes);
  EXPECT_EQ(early.language, whole.language);
  EXPECT_EQ(early.recipients.at(0).status, whole.recipients.at(0).status);
  EXPECT_EQ(early.recipients.at(0).diagnostic, whole.recipients.at(0).diagnostic);
}

TEST(ReaderTest, HtmlBesideAnotherTextIsReadButNotItsAlternative) {
  const std::string html =
      "Content-Type: text/html\n\n<p>------ This is a copy of the message, including all the "
      "headers. ------<br><br>Received: from a ([192.0.2.1]) by b; Fri, 20 Nov 2026 10:00:00 +0000"
      "<br>From: alice@example.com<br>Message-ID: &lt;1@example.com&gt;<br><br>hello</p>\n--x--\n";
  const std::string text = "\n\n--x\nContent-Type: text/plain\n\nIt was not delivered.\n--x\n";
  const std::string head =
      "Return-Path: <>\nFrom: MAILER-DAEMON@b.example\nSubject: Undelivered Mail Returned to "
      "Sender\nMIME-Version: 1.0\nContent-Type: multipart/";
  EXPECT_EQ(read_message(head + "mixed; boundary=x" + text + html).returned.message_id,
            "1@example.com");
  EXPECT_EQ(read_message(head + "alternative; boundary=x" + text + html).returned.form,
            ReturnForm::None);
}

TEST(ReaderTest, OrdinaryTextIsSettledBehindItsHeader) {
  Reader reader;
  reader.feed("From: bob@example.net\nSubject: hello\n");
  EXPECT_FALSE(reader.settled());
  reader.feed("\n");
  EXPECT_TRUE(reader.settled());
}

TEST(ReaderTest, ForgedTwinReturnedEnoughAndHasNoToken) {
  const Reading twin = read_fixture("postfix-forged-twin");
  EXPECT_EQ(twin.kind, Kind::Bounce);
  EXPECT_TRUE(twin.returned.returned_enough());
  EXPECT_TRUE(twin.returned.tokens.empty());
}

// What the parts of a multipart/mixed make of a bounce from MAILER-DAEMON.
Reading read_bounce_of(const std::vector<std::string>& parts) {
  std::string bytes =
      "From: MAILER-DAEMON@a.example\nContent-Type: multipart/mixed; boundary=b\n\n";
  for (const std::string& part : parts)
    bytes += "--b\n" + part + "\n";
  return read_message(bytes + "--b--\n");
}

TEST(ReaderTest, TokensOfAllReturnedPartsCount) {
  const std::string bare =
      "Content-Type: message/rfc822\n\nReceived: from a by b\nFrom: a@b.example\n\nHello.";
  const std::string header =
      "Content-Type: text/rfc822-headers\n\nBackstop-Token: first\nFrom: a@b.example\n";
  const std::string nested =
      "Content-Type: message/rfc822\n\nReceived: from a by b\nFrom: a@b.example\n"
      "Content-Type: message/rfc822\n\nBackstop-Token: decoy\nFrom: a@b.example\n\nHello.";
  EXPECT_EQ(read_bounce_of({bare, header}).returned.tokens, std::vector<std::string>{"first"});
  EXPECT_EQ(read_bounce_of({header, bare}).returned.tokens, std::vector<std::string>{"first"});
  EXPECT_TRUE(read_bounce_of({bare, nested}).returned.tokens.empty());
  EXPECT_TRUE(read_bounce_of({bare, header}).returned.returned_enough());
}

TEST(ReaderTest, HeaderBlockOfWhichFieldsWerePassedOverIsNotEnough) {
  std::string block = "Content-Type: message/rfc822\n\nReceived: from a by b\n";
  for (std::size_t bytes = 0; bytes <= limits::kHeaderBytesPerBlock; bytes += 9'000)
    block += "X-Long: " + std::string(9'000, 'x') + "\n";
  const Reading reading = read_bounce_of({block + "From: a@b.example\n\nHello."});
  EXPECT_TRUE(reading.returned.from.has_value());
  EXPECT_FALSE(reading.returned.returned_enough());
}

TEST(ReaderTest, PersonWhoWritesAsPostmasterAndForwardsMailMakesNoBounce) {
  const std::string_view rest =
      "From: Joe <postmaster@a.example>\nContent-Type: multipart/mixed; boundary=b\n\n"
      "--b\n\nDid you send this?\n"
      "--b\nContent-Type: message/rfc822\n\n"
      "Received: from a by b\nFrom: a@b.example\n\nHello.\n--b--\n";
  const auto kind_of = [&](std::string_view sender, std::string_view field) {
    Reader reader;
    reader.set_envelope_sender(sender);
    reader.feed(field);
    reader.feed(rest);
    return reader.finish().kind;
  };
  EXPECT_EQ(kind_of("postmaster@a.example", ""), Kind::Ordinary);
  EXPECT_EQ(kind_of("", ""), Kind::Bounce);
  EXPECT_EQ(kind_of("postmaster@a.example", "Auto-Submitted: auto-generated\n"), Kind::Bounce);
}

TEST(ReaderTest, MessageInsideTheReturnedMessageProvesNothing) {
  for (const char* name : {"postfix-decoy-inside-spam", "exim-plain-decoy-in-text"}) {
    const Reading reading = read_fixture(name);
    EXPECT_EQ(reading.returned.message_id, "spam.1@example.com") << name;
    EXPECT_TRUE(reading.returned.tokens.empty()) << name;
    EXPECT_TRUE(reading.returned.returned_enough()) << name;
  }
}

TEST(ReaderTest, CutHeaderBlockIsAFragmentThatProvesNoForgery) {
  for (const char* name : {"postfix-cut-in-returned-header", "postfix-cut-in-headers-part",
                           "exim-plain-headers-cut", "header-block-over-limit"}) {
    const Reading reading = read_fixture(name);
    EXPECT_EQ(reading.kind, Kind::Bounce) << name;
    EXPECT_EQ(reading.returned.form, ReturnForm::Fragment) << name;
    EXPECT_FALSE(reading.returned.read_to_end) << name;
    EXPECT_FALSE(reading.returned.returned_enough()) << name;
  }
}

TEST(ReaderTest, CuttingABounceAnywhereNeverMakesAReturnedHeaderWhole) {
  // A genuine bounce cut short on its way: either its token is there, or it has not returned
  // enough.
  for (const char* name : {"postfix-bounce-full", "postfix-bounce-headers", "exim-plain-full",
                           "exim-plain-headers", "opensmtpd-headers", "qmail-plain"}) {
    std::string bytes = read_file(kFixtures / (std::string(name) + ".eml"));
    // The token at the bottom of the returned block is the worst case.
    const std::size_t begin = bytes.find("Backstop-Token:");
    const std::size_t end = bytes.find('\n', begin) + 1;
    const std::string token = bytes.substr(begin, end - begin);
    bytes.erase(begin, end - begin);
    bytes.insert(bytes.find("MIME-Version", begin), token);
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
      const Reading reading = read_message(std::string_view(bytes).substr(0, length));
      EXPECT_FALSE(reading.returned.returned_enough() && reading.returned.tokens.empty())
          << name << " cut at " << length;
    }
  }
}

TEST(ReaderTest, AtMostEightTokenCandidatesAreKept) {
  const Reading reading = read_fixture("ten-tokens");
  ASSERT_EQ(reading.returned.tokens.size(), limits::kTokenCandidates);
  EXPECT_EQ(reading.returned.tokens.front(), "candidate0");
}

TEST(ReaderTest, PeopleAndListsThatQuoteABounceAreOrdinary) {
  for (const char* name : {"forwarded-bounce", "forwarded-delivery-status",
                           "list-post-quoting-bounce", "postmaster-person-writes", "ordinary"}) {
    const Reading reading = read_fixture(name);
    EXPECT_EQ(reading.kind, Kind::Ordinary) << name;
    EXPECT_EQ(reading.returned.form, ReturnForm::None) << name;
  }
}

// "daemon" in an address, a field that newsletters and shops set too, a mailbox nobody reads: none
// of them, and no two of one origin, make an answer of a message.
TEST(ReaderTest, AddressesAndFieldsThatOnlyResembleAnAnswerAreOrdinary) {
  for (const char* header : {
           "From: Matt Daemon <matt.daemon@example.org>\n",
           "From: devnull@example.org\n",
           "From: no-reply@example.org\nReturn-Path: <devnull@example.org>\n",
           "From: Shop <shop@example.org>\nAuto-Submitted: auto-generated\n",
           "From: Shop <shop@example.org>\nAuto-Submitted: auto-generated\nPrecedence: bulk\n",
           "From: Cron Daemon <root@example.org>\nAuto-Submitted: auto-generated\n",
           "From: Build <build@daemon.example.org>\nX-Auto-Response-Suppress: All\n",
       }) {
    const std::string message = std::string(header) +
                                "To: alice@example.com\nSubject: Delivery of your order 5.1.1\n\n"
                                "Your parcel could not be delivered. It has been returned.\n";
    const Reading reading = read_message(message);
    EXPECT_EQ(reading.kind, Kind::Ordinary) << header;
  }
}

// A window of some kilobytes would end in the notice.
TEST(ReaderTest, OriginalBehindALongNoticeIsRead) {
  std::string message =
      "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail Returned to Sender\n"
      "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
      "--b\nContent-Type: text/plain\n\n";
  for (int i = 0; i < 4000; ++i)
    message += "This line of the notice is one of very many that say nothing whatever.\n";
  ASSERT_GT(message.size(), 256U * 1024);
  message +=
      "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n"
      "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.1.1\n\n"
      "--b\nContent-Type: message/rfc822\n\nReceived: from a by b; Sat, 21 Nov 2026 11:00:00 "
      "+0000\nBackstop-Token: sometoken\nFrom: alice@example.com\nSubject: Hi\n\nHi\n--b--\n";
  const Reading reading = read_message(message);
  EXPECT_EQ(reading.kind, Kind::Bounce);
  EXPECT_TRUE(reading.returned.returned_enough());
  EXPECT_EQ(reading.returned.tokens, std::vector<std::string>{"sometoken"});
}

TEST(ReaderTest, EnvelopeSenderCountsAsASign) {
  const std::string_view message =
      "From: postmaster@example.net\nTo: alice@example.com\nSubject: Ihr Schreiben\n\n"
      "Hier ist es wieder.\n\n"
      "Received: from a ([192.0.2.1]) by b; Fri, 20 Nov 2026 10:00:00 +0000\n"
      "From: alice@example.com\n\nhello\n";
  EXPECT_EQ(read_message(message).kind, Kind::Ordinary);
  for (const char* sender : {"", "<>", "MAILER-DAEMON@example.net"}) {
    Reader reader;
    reader.set_envelope_sender(sender);
    reader.feed(message);
    EXPECT_EQ(reader.finish().kind, Kind::Bounce) << sender;
  }
}

TEST(ReaderTest, HostileMessagesAreReadWithinLimits) {
  std::string deep = "From: MAILER-DAEMON@example.net\nMIME-Version: 1.0\n";
  for (int i = 0; i < 2000; ++i) {
    const std::string b = "b" + std::to_string(i);
    deep += "Content-Type: multipart/mixed; boundary=" + b + "\n\n--" + b + "\n";
  }
  EXPECT_TRUE(read_message(deep).defects.has(mail::Defect::DepthExceeded));

  std::string nested = "From: MAILER-DAEMON@example.net\n";
  for (int i = 0; i < 2000; ++i)
    nested += "Content-Type: message/rfc822\n\n";
  EXPECT_NO_THROW(read_message(nested));

  std::string fields = "From: MAILER-DAEMON@example.net\n";
  for (int i = 0; i < 100'000; ++i)
    fields += "X-A: b\n";
  EXPECT_TRUE(read_message(fields).defects.has(mail::Defect::TooManyHeaderFields));

  const std::string line(20 * 1024 * 1024, 'x');
  EXPECT_EQ(read_message("From: MAILER-DAEMON@example.net\n\n" + line).kind, Kind::Ordinary);
  EXPECT_EQ(read_message(std::string(1000, '\0')).kind, Kind::Ordinary);
  EXPECT_EQ(read_message("").kind, Kind::Ordinary);
}

TEST(ReaderTest, LooksAtNothingBehindTheHeaderOfOrdinaryMail) {
  const std::string header =
      "From: Ann <ann@example.org>\nTo: Bob <bob@example.net>\nSubject: Lunch\n"
      "Content-Type: multipart/mixed; boundary=b\n\n";
  using namespace std::string_literals;
  const std::string body = "--b\nContent-Type: message/delivery-status\n\n\0"s;
  const ReadOutcome outcome = read_message(header + body, "ann@example.org");
  EXPECT_FALSE(outcome.body_read);
  EXPECT_EQ(outcome.reading.kind, Kind::Ordinary);
  EXPECT_TRUE(outcome.reading.defects.names().empty());
  EXPECT_TRUE(read_message("From: MAILER-DAEMON@example.org\n\nbody", "").body_read);
}

TEST(ReadingTest, KindsHaveTheFormsTheyCanHave) {
  EXPECT_EQ(form_of(Kind::Bounce), KindForm::Returning);
  EXPECT_EQ(form_of(Kind::ReadReceipt), KindForm::Returning);
  EXPECT_EQ(form_of(Kind::AutoReply), KindForm::Answering);
  EXPECT_EQ(form_of(Kind::FeedbackReport), KindForm::Neither);
  EXPECT_EQ(form_of(Kind::Ordinary), KindForm::Neither);
}

TEST(ReadingTest, EnoughNeedsEndFromAndReceived) {
  Returned returned;
  returned.form = ReturnForm::Headers;
  returned.read_to_end = true;
  returned.from = mail::Address{"a", "b"};
  returned.received_count = 1;
  EXPECT_TRUE(returned.returned_enough());
  Returned without = returned;
  without.from.reset();
  EXPECT_FALSE(without.returned_enough());
  without = returned;
  without.received_count = 0;
  EXPECT_FALSE(without.returned_enough());
  without = returned;
  without.read_to_end = false;
  EXPECT_FALSE(without.returned_enough());
  without = returned;
  without.form = ReturnForm::Fragment;
  EXPECT_FALSE(without.returned_enough());
}

}  // namespace
}  // namespace backstop::reading
