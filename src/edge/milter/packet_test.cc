#include "edge/milter/packet.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"
#include "edge/milter/reply.h"
#include "milter_client/wire.h"

namespace backstop::milter {
namespace {

namespace wire = milter_client;
using wire::operator""s;

// Everything a reader gives, body pieces joined, fed in pieces of `step` bytes.
std::vector<std::pair<char, std::string>> read_all(std::string_view bytes, std::size_t step) {
  PacketReader reader;
  std::vector<std::pair<char, std::string>> packets;
  bool open = false;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string_view piece = bytes.substr(at, step);
    while (const auto packet = reader.next(piece)) {
      if (!open) packets.emplace_back(static_cast<char>(packet->command), "");
      packets.back().second += packet->payload;
      open = !packet->whole;
    }
    EXPECT_TRUE(piece.empty());
  }
  EXPECT_FALSE(reader.defect());
  EXPECT_FALSE(reader.within_packet());
  return packets;
}

TEST(PacketReader, GivesTheSamePacketsHoweverTheBytesAreCut) {
  const std::string bytes = wire::negotiate() + wire::connect("a", "192.0.2.1") +
                            wire::mail("<a@b>") + wire::header("Subject", std::string(3000, 'x')) +
                            wire::end_of_headers() + wire::body(std::string(5000, 'y')) +
                            wire::body("") + wire::end_of_message("tail") + wire::quit();
  const auto whole = read_all(bytes, bytes.size());
  ASSERT_EQ(whole.size(), 9u);
  EXPECT_EQ(whole[5], (std::pair{'B', std::string(5000, 'y')}));
  EXPECT_EQ(whole[6], (std::pair{'B', ""s}));
  EXPECT_EQ(whole[7], (std::pair{'E', "tail"s}));
  for (const std::size_t step : {1, 2, 3, 4, 5, 6, 7, 100, 4999, 5005}) {
    EXPECT_EQ(read_all(bytes, step), whole) << step;
  }
}

TEST(PacketReader, HandsABodyOnInPiecesAndHoldsNothingOfIt) {
  PacketReader reader;
  const std::string bytes = wire::body(std::string(65535, 'z'));
  std::string_view first = std::string_view(bytes).substr(0, 1000);
  const auto piece = reader.next(first);
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->payload.size(), 995u);
  EXPECT_EQ(piece->payload.data(), bytes.data() + 5);
  EXPECT_FALSE(piece->whole);
  EXPECT_TRUE(reader.within_packet());
}

TEST(PacketReader, NamesWhatIsWrongAndStops) {
  const struct {
    std::string bytes;
    Defect want;
  } cases[] = {
      {"\0\0\0\0C"s, Defect::EmptyPacket},
      {"GET / HTTP/1.1\r\n"s, Defect::Oversized},
      {wire::number(limits::kMilterPacketBytes + 1) + "B", Defect::Oversized},
      {wire::packet('Z'), Defect::UnknownCommand},
      {wire::packet('\0'), Defect::UnknownCommand},
  };
  for (const auto& c : cases) {
    PacketReader reader;
    std::string_view bytes = c.bytes;
    EXPECT_FALSE(reader.next(bytes));
    ASSERT_TRUE(reader.defect());
    EXPECT_EQ(*reader.defect(), c.want) << sentence_of(c.want);
    const std::string good = wire::quit();
    std::string_view more = good;
    EXPECT_FALSE(reader.next(more));
  }
}

TEST(PacketReader, TakesAPacketOfExactlyTheLimit) {
  PacketReader reader;
  const std::string bytes = wire::header("A", std::string(limits::kMilterPacketBytes - 4, 'v'));
  std::string_view rest = bytes;
  const auto packet = reader.next(rest);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->payload.size(), limits::kMilterPacketBytes - 1);
}

TEST(ParseConnect, ReadsEveryFamily) {
  const auto parse = [](const std::string& bytes) {
    return parse_connect(std::string_view(bytes).substr(5));
  };
  const std::string v4 = wire::connect("host", "192.0.2.1");
  EXPECT_EQ(parse(v4)->address, "192.0.2.1");
  EXPECT_EQ(parse(v4)->host, "host");
  const std::string v6 = wire::connect("host", "IPv6:2001:db8::1");
  EXPECT_EQ(parse(v6)->family, Family::Inet6);
  EXPECT_EQ(parse(v6)->address, "IPv6:2001:db8::1");
  const std::string local = wire::connect("localhost", "/var/run/x");
  EXPECT_EQ(parse(local)->family, Family::Unix);
  const std::string unknown = wire::connect("unknown", "");
  EXPECT_EQ(parse(unknown)->family, Family::Unknown);
}

TEST(ParseConnect, RefusesWhatIsCutShort) {
  for (const std::string& payload : {""s, "host"s, "host\0"s, "host\0X"s, "host\0004"s,
                                     "host\0004\x30\x39"s, "host\0004\x30\x39\x31"s}) {
    const auto connect = parse_connect(payload);
    ASSERT_FALSE(connect) << payload;
    EXPECT_EQ(connect.error(), Defect::MalformedConnect);
  }
}

TEST(ParseMacros, ReadsNamesWithAndWithoutBraces) {
  const std::string bytes =
      wire::macros('M', {{"i", "4Bx"}, {"{auth_authen}", "alice"}, {"x", ""}});
  auto macros = parse_macros(std::string_view(bytes).substr(5));
  ASSERT_TRUE(macros);
  EXPECT_EQ(macros->command, 'M');
  using Pair = std::pair<std::string_view, std::string_view>;
  EXPECT_EQ(take_macro(macros->pairs), (Pair{"i", "4Bx"}));
  EXPECT_EQ(take_macro(macros->pairs), (Pair{"auth_authen", "alice"}));
  EXPECT_EQ(take_macro(macros->pairs), (Pair{"x", ""}));
  EXPECT_EQ(take_macro(macros->pairs), std::nullopt);
}

TEST(ParseMacros, RefusesAListThatIsCutShort) {
  EXPECT_FALSE(parse_macros(""));
  EXPECT_TRUE(parse_macros("M"));
  EXPECT_FALSE(parse_macros("Mname"));
  EXPECT_FALSE(parse_macros("Mname\0"s));
  EXPECT_FALSE(parse_macros("Mname\0value"s));
}

TEST(ParseEnvelope, KeepsTheAddressAsItStands) {
  EXPECT_EQ(parse_envelope("<\"a b\"@example.com>\0SIZE=1\0BODY=8BITMIME\0"s)->path,
            "<\"a b\"@example.com>");
  EXPECT_EQ(parse_envelope("\0"s)->path, "");
  EXPECT_EQ(parse_envelope("")->path, "");
  EXPECT_FALSE(parse_envelope("<a@b>"));
}

TEST(ParseEnvelope, FindsAnArgumentByItsName) {
  const std::string payload = "<a@b>\0NOTIFY=FAILURE\0orcpt=x-batv;1\0ORCPT=rfc822;2\0"s;
  const auto envelope = parse_envelope(payload);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(find_argument(envelope->arguments, "ORCPT"), "x-batv;1");
  EXPECT_EQ(find_argument(envelope->arguments, "NOTIFY"), "FAILURE");
  EXPECT_EQ(find_argument(envelope->arguments, "RET"), "");
  EXPECT_EQ(find_argument("ORCPT\0ORCP=x\0"s, "ORCPT"), "");
  EXPECT_EQ(find_argument("ORCPT=cut short", "ORCPT"), "");
}

TEST(ParseField, KeepsFoldsAndNulsOfTheValue) {
  EXPECT_EQ(parse_field("X-A\0one\n\ttwo\0"s)->value, "one\n\ttwo");
  EXPECT_EQ(parse_field("X-A\0a\0b\0"s)->value, "a\0b"s);
  EXPECT_EQ(parse_field("X-A\0\0"s)->value, "");
  EXPECT_FALSE(parse_field("X-A"));
  EXPECT_FALSE(parse_field("X-A\0"s));
  EXPECT_FALSE(parse_field("X-A\0value"s));
}

TEST(ParseNegotiation, RefusesWhatIsCutShort) {
  EXPECT_FALSE(parse_negotiation(std::string(11, '\0')));
  EXPECT_EQ(parse_negotiation(wire::number(6) + wire::number(7) + wire::number(8) + "more")->steps,
            8u);
}

wire::Reply refusal(unsigned code, std::string_view enhanced, std::string_view text) {
  std::string out;
  append_refusal(out, code, enhanced, text);
  return *wire::take_reply(out);
}

TEST(AppendRefusal, IsOneLineWithPercentDoubled) {
  EXPECT_EQ(refusal(550, "5.7.1", "100% not ours"),
            (wire::Reply{'y', "550 5.7.1 100%% not ours\0"s}));
  EXPECT_EQ(refusal(451, "4.7.1", "later"), (wire::Reply{'y', "451 4.7.1 later\0"s}));
  const std::string hostile = refusal(550, "5.7.1", "a\r\n250 ok\0b\xc3\xa9"s).payload;
  EXPECT_EQ(hostile.find_first_of("\r\n\xc3"), std::string::npos);
  EXPECT_EQ(hostile.find('\0'), hostile.size() - 1);
}

TEST(AppendRefusal, IsBoundedAndNeverCutsADoubledPercent) {
  for (const std::size_t before : {0, 1}) {
    const std::string payload =
        refusal(550, "5.7.1", std::string(before, 'x') + std::string(2000, '%')).payload;
    EXPECT_LE(payload.size(), limits::kMilterReplyBytes + 1);
    const auto percents = std::count(payload.begin(), payload.end(), '%');
    EXPECT_EQ(percents % 2, 0);
    EXPECT_GT(percents, 400);
  }
}

TEST(AppendRefusal, FallsBackWhenTheCodesDoNotFit) {
  EXPECT_EQ(refusal(550, "4.7.1", "x").command, 'r');
  EXPECT_EQ(refusal(550, "", "x").command, 'r');
  EXPECT_EQ(refusal(550, "5..1", "x").command, 'r');
  EXPECT_EQ(refusal(550, "5.x.1", "x").command, 'r');
  EXPECT_EQ(refusal(451, "nonsense", "x").command, 't');
}

TEST(AppendFieldChanges, CarryIndexNameAndValue) {
  std::string out;
  append_insert_field(out, "Backstop-Verdict", "genuine\0x"s);
  append_remove_field(out, "Backstop-Verdict", 3);
  append_quarantine(out, "why\nnot");
  EXPECT_EQ(*wire::take_reply(out), (wire::Reply{'i', "\0\0\0\0Backstop-Verdict\0genuine x\0"s}));
  EXPECT_EQ(*wire::take_reply(out), (wire::Reply{'m', "\0\0\0\3Backstop-Verdict\0\0"s}));
  EXPECT_EQ(*wire::take_reply(out), (wire::Reply{'q', "why?not\0"s}));
  EXPECT_EQ(out, "");
}

TEST(AppendNegotiation, ListsTheMacrosByStage) {
  std::string out;
  const MacroList lists[] = {{.stage = kStageMail, .names = "i"}};
  append_negotiation(out, {.version = 6, .actions = 0x131, .steps = 0x400}, lists);
  EXPECT_EQ(*wire::take_reply(out),
            (wire::Reply{'O', wire::number(6) + wire::number(0x131) + wire::number(0x400) +
                                  wire::number(2) + "i\0"s}));
}

}  // namespace
}  // namespace backstop::milter
