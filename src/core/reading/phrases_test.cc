#include "core/reading/phrases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "core/base/limits.h"
#include "core/reading/normal_text.h"

namespace backstop::reading {
namespace {

using testing::Contains;
using testing::Not;

struct Row {
  std::vector<std::string> cells;
  std::string id() const { return cells[0]; }
  std::string example() const { return cells[8]; }
};

// The table itself: its examples are no part of the program.
std::vector<Row> read_table() {
  std::ifstream file("src/core/reading/phrases.tsv");
  EXPECT_TRUE(file) << "run from the root of the source tree";
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    Row row;
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t end = std::min(line.find('\t', at), line.size());
      row.cells.push_back(line.substr(at, end - at));
      at = end + 1;
    }
    EXPECT_EQ(row.cells.size(), 9U) << line;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> ids_in(std::string_view normal, Where where) {
  PhraseHits hits;
  find_phrases(normal, where, hits);
  std::vector<std::string> ids;
  for (const PhraseHit& hit : hits.all())
    ids.emplace_back(hit.phrase->id);
  return ids;
}

const Phrase& phrase(std::string_view id) {
  for (const Phrase& row : all_phrases()) {
    if (row.id == id) return row;
  }
  ADD_FAILURE() << id << " is not in the table";
  return all_phrases().front();
}

TEST(PhrasesTest, EveryExampleFindsItsRow) {
  const std::vector<Row> rows = read_table();
  ASSERT_EQ(rows.size(), all_phrases().size()) << "run tools/generate.py";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Phrase& row = all_phrases()[i];
    ASSERT_EQ(row.id, rows[i].id());
    const std::string normal = row.where == Where::Text ? render_normal(rows[i].example())
                                                        : render_normal_line(rows[i].example());
    EXPECT_THAT(ids_in(normal, row.where), Contains(row.id)) << normal;
  }
}

TEST(PhrasesTest, EveryLiteralIsNormalTextAndStandsOnceInItsPlace) {
  std::set<std::string_view> ids;
  std::set<std::pair<Where, std::string_view>> literals;
  for (const Phrase& row : all_phrases()) {
    EXPECT_EQ(render_normal_line(row.literal), row.literal) << row.id;
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_TRUE(literals.insert({row.where, row.literal}).second) << row.id;
  }
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || c == '0';
}

// What the search must find, one phrase and one place after the other.
std::set<std::string> ids_by_simple_search(std::string_view text, Where where) {
  std::set<std::string> ids;
  for (const Phrase& row : all_phrases()) {
    if (row.where != where) continue;
    for (std::size_t at = text.find(row.literal); at != text.npos;
         at = text.find(row.literal, at + 1)) {
      const bool inside = at > 0 && is_word(text[at - 1]) && is_word(text[at]);
      if (!inside) ids.emplace(row.id);
    }
  }
  return ids;
}

TEST(PhrasesTest, TheSearchFindsWhatASimpleOneFinds) {
  // All literals of a place, some behind each other, at any distance from where blocks end.
  for (unsigned place = 0; place < kWhereCount; ++place) {
    const auto where = static_cast<Where>(place);
    std::string text;
    for (const Phrase& row : all_phrases()) {
      if (row.where != where) continue;
      text.append(row.literal.size() % 3, '.').append(row.literal);
      if (text.size() < 200) continue;
      const std::vector<std::string> found = ids_in(text, where);
      if (found.size() < limits::kPhraseHits) {
        EXPECT_EQ(std::set<std::string>(found.begin(), found.end()),
                  ids_by_simple_search(text, where))
            << text;
      }
      text.clear();
    }
  }
}

TEST(PhrasesTest, APhraseIsFoundWhereverItBegins) {
  const std::string_view id = "en-bounce-postfix-subject";
  const std::string literal(phrase(id).literal);
  for (std::size_t before = 0; before < 200; ++before) {
    const std::string text = std::string(before, '-') + literal;
    EXPECT_THAT(ids_in(text, Where::Subject), Contains(id)) << before;
    EXPECT_THAT(ids_in(text + " and more", Where::Subject), Contains(id)) << before;
    EXPECT_THAT(ids_in(text.substr(0, text.size() - 1), Where::Subject), Not(Contains(id)));
  }
}

TEST(PhrasesTest, APhraseBeginsWhereAWordDoes) {
  const std::string literal(phrase("en-bounce-postfix-subject").literal);
  EXPECT_THAT(ids_in("x" + literal, Where::Subject), Not(Contains("en-bounce-postfix-subject")));
  EXPECT_THAT(ids_in("0" + literal, Where::Subject), Not(Contains("en-bounce-postfix-subject")));
  EXPECT_THAT(ids_in("[" + literal, Where::Subject), Contains("en-bounce-postfix-subject"));
  EXPECT_THAT(ids_in("日本" + literal, Where::Subject), Contains("en-bounce-postfix-subject"));
  // Between two characters that need no spaces.
  EXPECT_THAT(ids_in("本日は不在にしております", Where::Text),
              Contains("ja-auto-reply-fuzai-ni-shite"));
}

TEST(PhrasesTest, APhraseCountsInItsPlaceOnly) {
  const std::string literal(phrase("en-bounce-qmail-hi").literal);
  EXPECT_THAT(ids_in(literal, Where::Text), Contains("en-bounce-qmail-hi"));
  EXPECT_THAT(ids_in(literal, Where::From), Not(Contains("en-bounce-qmail-hi")));
}

TEST(PhraseHitsTest, FixedWordsComeFirstThenTheTextsOrder) {
  const Phrase common{"a", "en", Kind::Bounce, Where::Text, "", FailureReason::Unknown, false, "x"};
  const Phrase fixed{"b",  "de", Kind::Bounce, Where::Text, "qmail", FailureReason::Unknown,
                     true, "y"};
  const Phrase later{"c",  "de", Kind::Bounce, Where::Text, "Exim", FailureReason::Unknown,
                     true, "z"};
  PhraseHits hits;
  EXPECT_EQ(hits.first(Kind::Bounce, Where::Text), nullptr);
  EXPECT_EQ(hits.language(), "und");
  hits.add(common, 3);
  hits.add(later, 90);
  hits.add(fixed, 40);
  hits.add(fixed, 70);
  EXPECT_EQ(hits.first(Kind::Bounce, Where::Text), &fixed);
  EXPECT_EQ(hits.first(Kind::Bounce, Where::Subject), nullptr);
  EXPECT_EQ(hits.count(Kind::Bounce, Where::Text), 3U);
  EXPECT_EQ(hits.count_fixed(Kind::Bounce, Where::Text), 2U);
  EXPECT_EQ(hits.product(Kind::Bounce), "Exim");
  EXPECT_EQ(hits.product(Kind::Delay), "");
  EXPECT_EQ(hits.language(), "de");
  EXPECT_TRUE(hits.has(Kind::Bounce));
  EXPECT_FALSE(hits.has(Kind::Bounce, Where::From));
}

TEST(PhraseHitsTest, LanguagesThatDisagreeAreNone) {
  const Phrase en{"a", "en", Kind::Bounce, Where::Text, "", FailureReason::Unknown, false, "x"};
  const Phrase de{"b", "de", Kind::Bounce, Where::Text, "", FailureReason::Unknown, false, "y"};
  const Phrase und{"c", "und", Kind::Bounce, Where::Text, "", FailureReason::Unknown, false, "z"};
  PhraseHits hits;
  hits.add(und, 0);
  hits.add(en, 1);
  EXPECT_EQ(hits.language(), "en");
  hits.add(de, 2);
  EXPECT_EQ(hits.language(), "und");
}

TEST(PhraseHitsTest, NoMoreAreNotedThanTheLimit) {
  PhraseHits hits;
  for (const Phrase& row : all_phrases())
    hits.add(row, 0);
  EXPECT_EQ(hits.all().size(), limits::kPhraseHits);
}

}  // namespace
}  // namespace backstop::reading
