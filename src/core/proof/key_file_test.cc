#include "core/proof/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <numeric>
#include <utility>

#include "core/base/base32.h"
#include "core/base/limits.h"

namespace backstop::proof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Instant kCreated = parse_instant("2026-11-21T03:23:34Z").value();
const std::string kSecretHex = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
const std::string kKeyText =
    "backstop-key: 1\n"
    "id: 1\n"
    "created: 2026-11-21T03:23:34Z\n"
    "emits-until: 2026-11-21T04:23:34Z\n"
    "retired: no\n"
    "secret: " +
    kSecretHex +
    "\n"
    "fingerprint: a7111e73\n";
const std::string kRingText =
    "backstop-ring: 1\n"
    "emits: 1\n"
    "secret: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    "fingerprint: 3171177e\n";

std::string text_of(const crypto::Secret& secret) {
  return {secret.bytes().begin(), secret.bytes().end()};
}

crypto::Secret secret_from(std::uint8_t first) {
  std::vector<std::uint8_t> bytes(kSecretBytes);
  std::iota(bytes.begin(), bytes.end(), first);
  return crypto::Secret(bytes);
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

KeyRing sample_ring() {
  const auto key = [](KeyId id, KeyState state, std::optional<Instant> emits_until) {
    return std::make_shared<const Key>(KeyInfo{id, state, kCreated, emits_until},
                                       secret_from(static_cast<std::uint8_t>(id * 5)));
  };
  return KeyRing(
      secret_from(0),
      {key(2, KeyState::Retired, kCreated), key(3, KeyState::Emitting, kCreated + Days{1}),
       key(4, KeyState::Waiting, std::nullopt)},
      {1, 9});
}

TEST(KeyFile, IsReadAsWritten) {
  const auto key = parse_key_file(kKeyText, "key-0001");
  ASSERT_TRUE(key.has_value()) << key.error().text();
  EXPECT_EQ(key->info.id, 1);
  EXPECT_EQ(key->info.state, KeyState::Waiting);
  EXPECT_EQ(key->info.created, kCreated);
  EXPECT_EQ(key->info.emits_until, kCreated + std::chrono::hours{1});
  EXPECT_EQ(encode_hex(key->secret.bytes()), kSecretHex);
  EXPECT_EQ(text_of(render_key_file(Key(key->info, key->secret.clone()))), kKeyText);
}

TEST(KeyFile, IsReadThroughCommentsBlankLinesAndCarriageReturns) {
  const auto key =
      parse_key_file("# by hand\r\n\r\n" + with(kKeyText, "id: 1\n", "  id :\t1 \r\n"), "key-0001");
  ASSERT_TRUE(key.has_value()) << key.error().text();
  EXPECT_EQ(key->info.id, 1);
}

TEST(KeyFile, OfAKeyThatNeverSignedHasNoLastEmission) {
  const auto key =
      parse_key_file(with(kKeyText, "emits-until: 2026-11-21T04:23:34Z\n", ""), "key-0001");
  ASSERT_TRUE(key.has_value()) << key.error().text();
  EXPECT_FALSE(key->info.emits_until.has_value());
}

TEST(KeyFile, SaysWhichLineIsWrongAndNeverShowsASecret) {
  struct Case {
    std::string text;
    std::string place;
    std::string says;
  };
  const std::string secret_line = "secret: " + kSecretHex + "\n";
  for (const Case& c : std::vector<Case>{
           {"", "key-0001:", "one section"},
           {"id: 1\n", "key-0001:1", "first line"},
           {with(kKeyText, "backstop-key: 1", "backstop-key: 2"), "key-0001:1", "version"},
           {with(kKeyText, "id: 1", "id: 0"), "key-0001:2", "1 to 4095"},
           {with(kKeyText, "id: 1", "id: 4096"), "key-0001:2", "1 to 4095"},
           {with(kKeyText, "id: 1", "id: 1x"), "key-0001:2", "1 to 4095"},
           {with(kKeyText, "id: 1", "id: 99999999999"), "key-0001:2", "1 to 4095"},
           {with(kKeyText, "id: 1\n", ""), "key-0001:1", "\"id\" is missing"},
           {with(kKeyText, "id: 1\n", "id: 1\nid: 1\n"), "key-0001:3", "line 2 already"},
           {with(kKeyText, "2026-11-21T03", "2026-13-21T03"), "key-0001:3", "must be a time"},
           {with(kKeyText, "2026-11-21T04", "soon"), "key-0001:4", "must be a time"},
           {with(kKeyText, "retired: no", "retired: maybe"), "key-0001:5", "yes or no"},
           {with(kKeyText, "retired: no\n", ""), "key-0001:1", "\"retired\" is missing"},
           {with(kKeyText, "retired", "retried"), "key-0001:5", "\"retried\" is not known"},
           {with(kKeyText, "secret: 20", "secret: 2"), "key-0001:6", "64 hexadecimal"},
           {with(kKeyText, "secret: 20", "secret: 2021"), "key-0001:6", "64 hexadecimal"},
           {with(kKeyText, "secret: 2021", "secret: 2022"), "key-0001:7", "damaged"},
           {with(kKeyText, "secret: ", "secret "), "key-0001:6", "name: value"},
           {with(kKeyText, "secret: ", "secert: "), "key-0001:6", "\"secert\" is not known"},
           {with(kKeyText, "secret: " + kSecretHex, kSecretHex + ":"), "key-0001:6",
            "no field name"},
           {with(kKeyText, secret_line, secret_line + secret_line), "key-0001:7", "line 6 already"},
           {with(kKeyText, "fingerprint: a7111e73\n", ""), "key-0001:1",
            "\"fingerprint\" is missing"},
           {kKeyText + kKeyText, "key-0001:", "one section"},
           {kRingText, "key-0001:1", "backstop-key: 1"}}) {
    const auto key = parse_key_file(c.text, "key-0001");
    ASSERT_FALSE(key.has_value()) << c.text;
    EXPECT_EQ(key.error().code, Errc::Invalid) << c.text;
    EXPECT_THAT(key.error().text(), testing::StartsWith(c.place)) << c.text;
    EXPECT_THAT(key.error().text(), HasSubstr(c.says)) << c.text;
    EXPECT_THAT(key.error().text(), Not(HasSubstr("232425"))) << c.text;
  }
}

TEST(KeyFile, IsRefusedPastItsLimits) {
  const auto key = parse_key_file(kKeyText + std::string(limits::kKeyFileBytes, '\n'), "key-0001");
  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().code, Errc::Limit);
  const auto ring = parse_ring_file(std::string(limits::kRingFileBytes + 1, '\n'), "ring");
  ASSERT_FALSE(ring.has_value());
  EXPECT_EQ(ring.error().code, Errc::Limit);
  const auto whole = parse_ring_export(std::string(limits::kKeyExportBytes + 1, '\n'), "x");
  ASSERT_FALSE(whole.has_value());
  EXPECT_EQ(whole.error().code, Errc::Limit);
}

TEST(RingFile, IsReadAsWritten) {
  const auto ring = parse_ring_file(kRingText, "ring");
  ASSERT_TRUE(ring.has_value()) << ring.error().text();
  EXPECT_EQ(ring->emits, 1);
  EXPECT_THAT(ring->deleted, IsEmpty());
  const auto none =
      parse_ring_file(with(kRingText, "emits: 1\n", "emits: none\ndeleted: 7 3\t7\n"), "ring");
  ASSERT_TRUE(none.has_value()) << none.error().text();
  EXPECT_FALSE(none->emits.has_value());
  EXPECT_THAT(none->deleted, ElementsAre(3, 7));
}

TEST(RingFile, SaysWhichLineIsWrong) {
  for (const auto& [text, place] : std::vector<std::pair<std::string, std::string>>{
           {with(kRingText, "emits: 1", "emits: one"), "ring:2"},
           {with(kRingText, "emits: 1\n", "emits: 1\ndeleted: 1,2\n"), "ring:3"},
           {with(kRingText, "emits: 1\n", "emits: 1\ndeleted: 0\n"), "ring:3"},
           {with(kRingText, "emits: 1\n", ""), "ring:1"},
           {with(kRingText, "3171177e", "3171177f"), "ring:4"},
           {kKeyText, "ring:1"}}) {
    const auto ring = parse_ring_file(text, "ring");
    ASSERT_FALSE(ring.has_value()) << text;
    EXPECT_EQ(ring.error().where, place) << text;
  }
}

TEST(RingExport, HoldsTheWholeRing) {
  const std::string text = text_of(render_ring_export(sample_ring()));
  auto records = parse_ring_export(text, "export");
  ASSERT_TRUE(records.has_value()) << records.error().text();
  const auto assembled = assemble_ring(*std::move(records));
  ASSERT_TRUE(assembled.has_value()) << assembled.error().text();
  EXPECT_THAT(assembled->notes, IsEmpty());
  ASSERT_EQ(assembled->ring.keys().size(), 3U);
  EXPECT_EQ(assembled->ring.emitting()->info().id, 3);
  EXPECT_EQ(assembled->ring.find(2)->info().state, KeyState::Retired);
  EXPECT_EQ(assembled->ring.find(3)->info().emits_until, kCreated + Days{1});
  EXPECT_THAT(assembled->ring.deleted(), ElementsAre(1, 9));
  EXPECT_EQ(text_of(render_ring_export(assembled->ring)), text);
}

TEST(RingExport, StartsWithTheRingAndHasNothingElseTwice) {
  EXPECT_FALSE(parse_ring_export("", "x").has_value());
  EXPECT_FALSE(parse_ring_export(kKeyText + kRingText, "x").has_value());
  EXPECT_FALSE(parse_ring_export(kRingText + kRingText, "x").has_value());
  auto twice = parse_ring_export(kRingText + kKeyText + kKeyText, "x");
  ASSERT_TRUE(twice.has_value());
  EXPECT_FALSE(assemble_ring(*std::move(twice)).has_value());
}

TEST(AssembledRing, SaysWhatDoesNotFitTogetherAndVerifiesWhatItCan) {
  const auto assembled = [](const std::string& text) {
    return assemble_ring(parse_ring_export(text, "x").value()).value();
  };
  const auto lost = assembled(with(kRingText, "emits: 1", "emits: 2") + kKeyText);
  EXPECT_THAT(lost.notes, ElementsAre(HasSubstr("Key 2 should emit but is not there")));
  EXPECT_EQ(lost.ring.emitting(), nullptr);
  EXPECT_NE(lost.ring.find(1), nullptr);
  const auto retired = assembled(kRingText + with(kKeyText, "retired: no", "retired: yes"));
  EXPECT_THAT(retired.notes, ElementsAre(HasSubstr("retired")));
  EXPECT_EQ(retired.ring.emitting(), nullptr);
  const auto deleted =
      assembled(with(kRingText, "emits: 1\n", "emits: none\ndeleted: 1\n") + kKeyText);
  EXPECT_THAT(deleted.notes, ElementsAre(HasSubstr("deleted")));
  EXPECT_EQ(deleted.ring.find(1), nullptr);
}

TEST(KeyRingFormat, HasTheExamplesThatItsParsersRead) {
  std::ifstream document("docs/formats/key-ring.md");
  const std::string text(std::istreambuf_iterator<char>(document), {});
  const auto indented = [](const std::string& plain) {
    std::string out;
    for (std::size_t at = 0; at < plain.size();) {
      const std::size_t end = plain.find('\n', at);
      out += "    " + plain.substr(at, end - at) + "\n";
      at = end + 1;
    }
    return out;
  };
  EXPECT_THAT(text, HasSubstr(indented(kKeyText)));
  EXPECT_THAT(text, HasSubstr(indented(kRingText)));
}

}  // namespace
}  // namespace backstop::proof
