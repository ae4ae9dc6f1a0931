#include "core/reading/language.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/utf8.h"
#include "core/reading/buckets.h"
#include "core/reading/normal_characters.h"

namespace backstop::reading {
namespace {

struct Language {
  std::string_view name;
  std::string_view letters;
  std::string_view words;
};

constexpr Language kLanguages[] = {
#define BACKSTOP_LANGUAGE(name, letters, words) {name, letters, words},
#include "core/reading/language_words.inc"
#undef BACKSTOP_LANGUAGE
};
constexpr std::size_t kLanguageCount = std::size(kLanguages);

// Those the phrases are in: only they are told.
constexpr std::string_view kTold[] = {"en", "de", "fr", "es", "it", "pt",
                                      "nl", "ja", "ru", "pl", "sv", "zh"};

struct SmallWord {
  std::string_view word;
  std::uint8_t language = 0;
};

// Calls on_word for each word of a list.
template <class OnWord>
constexpr void each_word(std::string_view list, OnWord&& on_word) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    on_word(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

constexpr std::size_t count_words() {
  std::size_t n = 0;
  for (const Language& language : kLanguages)
    each_word(language.words, [&n](std::string_view) { ++n; });
  return n;
}

constexpr unsigned kSmallWordBits = 12;

constexpr std::size_t bucket_of_word(std::string_view word) {
  std::uint32_t hash = static_cast<std::uint32_t>(word.size());
  for (const char c : word)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x9e3779b1U;
  return hash >> (32 - kSmallWordBits);
}

constexpr auto kWordList = [] {
  std::array<SmallWord, count_words()> words{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < kLanguageCount; ++i) {
    each_word(kLanguages[i].words, [&words, &n, i](std::string_view word) {
      words[n++] = {word, static_cast<std::uint8_t>(i)};
    });
  }
  return words;
}();
constexpr Buckets<SmallWord, kWordList.size(), kSmallWordBits> kSmallWords(
    kWordList, [](const SmallWord& small) { return bucket_of_word(small.word); });

constexpr std::size_t kLongestSmallWord = [] {
  std::size_t longest = 0;
  for (const SmallWord& small : kWordList)
    longest = std::max(longest, small.word.size());
  return longest;
}();

// What a word says for a language that has it alone; those that share it share this.
constexpr unsigned kWordPoints = 60;
constexpr unsigned kLetterPoints = 30;
// Two words of its own, at the least.
constexpr unsigned kPointsMin = 120;
// Of all words of a text one in so many is small, whatever the text is about.
constexpr unsigned kWordsPerSmallOne = 10;
// A character of Chinese or Japanese stands for this part of a word.
constexpr unsigned kCharactersPerWord = 2;

// The languages that have a letter, one bit for each.
constexpr auto kLetterOwners = [] {
  static_assert(kLanguageCount <= 32);
  std::array<std::uint32_t, 0x500> owners{};
  for (std::size_t i = 0; i < kLanguageCount; ++i) {
    const std::string_view letters = kLanguages[i].letters;
    for (std::size_t at = 0; at + 1 < letters.size(); ++at) {
      const auto first = static_cast<unsigned char>(letters[at]);
      const auto second = static_cast<unsigned char>(letters[at + 1]);
      if (first < 0xc2 || first > 0xdf) continue;  // All these letters have two bytes.
      owners[(first & 0x1fU) << 6 | (second & 0x3fU)] |= std::uint32_t{1} << i;
    }
  }
  return owners;
}();

class Counter {
 public:
  void on_word(std::string_view word) {
    ++words_;
    if (word.size() > kLongestSmallWord) return;
    const auto alike = kSmallWords.in(bucket_of_word(word));
    const auto shared = static_cast<unsigned>(std::ranges::count(alike, word, &SmallWord::word));
    if (shared == 0) return;
    for (const SmallWord& small : alike) {
      if (small.word != word) continue;
      points_[small.language] += kWordPoints / shared;
      ++small_words_[small.language];
    }
  }
  void on_character(std::string_view sequence) {
    const char32_t code = decode_character(sequence);
    if (code < kLetterOwners.size()) return on_letter(code);
    if (code >= 0x3040 && code <= 0x30ff) ++kana_;
    if (code >= 0x4e00 && code <= 0x9fff) ++han_;
    const bool hangul = (code >= 0xac00 && code <= 0xd7a3) || (code >= 0x1100 && code <= 0x11ff);
    // Hebrew, Arabic, the scripts of India and their neighbours.
    if (hangul || code < 0x1100) ++other_;
  }
  std::string_view decide() const;

 private:
  void on_letter(char32_t code) {
    for (std::uint32_t owners = kLetterOwners[code]; owners != 0; owners &= owners - 1)
      points_[static_cast<std::size_t>(std::countr_zero(owners))] += kLetterPoints;
    if (code >= 0x370 && code < 0x400) ++other_;
  }

  std::array<unsigned, kLanguageCount> points_{};
  std::array<unsigned, kLanguageCount> small_words_{};
  unsigned words_ = 0;
  unsigned kana_ = 0;
  unsigned han_ = 0;
  unsigned other_ = 0;
};

std::string_view Counter::decide() const {
  const auto* const best = std::max_element(points_.begin(), points_.end());
  const auto at = static_cast<std::size_t>(best - points_.begin());
  const unsigned east = (kana_ + han_) / kCharactersPerWord;
  const unsigned other = other_ / kCharactersPerWord / 2;
  if (other > small_words_[at] && other > east) return "und";
  if (east > small_words_[at]) {
    // Japanese cannot do without kana, of which a Chinese text has no more than a name or two.
    if (kana_ * 10 >= han_) return kana_ >= 3 ? "ja" : "und";
    return han_ >= 4 ? "zh" : "und";
  }
  unsigned second = 0;
  for (std::size_t i = 0; i < kLanguageCount; ++i) {
    if (i != at) second = std::max(second, points_[i]);
  }
  if (*best < kPointsMin || *best * 10 < second * 12) return "und";
  if (small_words_[at] * kWordsPerSmallOne < words_) return "und";
  const std::string_view name = kLanguages[at].name;
  return std::find(std::begin(kTold), std::end(kTold), name) != std::end(kTold) ? name : "und";
}

bool is_word_byte(char c) {
  return ascii::is_alpha(c) || static_cast<unsigned char>(c) >= 0x80;
}

// What no word has.
constexpr auto kForeign = [] {
  std::array<bool, 256> foreign{};
  for (const char c : std::string_view("@./:=_0<>\\")) {
    foreign[static_cast<unsigned char>(c)] = true;
  }
  return foreign;
}();

// The words of what stands between two spaces; addresses, hosts, numbers and paths have none.
void count_chunk(std::string_view chunk, Counter& counter) {
  const auto is_word = [](char c) { return is_word_byte(c); };
  const auto first = std::find_if(chunk.begin(), chunk.end(), is_word);
  const auto last = std::find_if(chunk.rbegin(), chunk.rend(), is_word).base();
  if (first >= last) return;
  chunk = std::string_view(first, last);
  const auto is_foreign = [](char c) { return kForeign[static_cast<unsigned char>(c)]; };
  if (std::any_of(chunk.begin(), chunk.end(), is_foreign)) return;
  while (!chunk.empty()) {
    const auto end = std::find_if_not(chunk.begin(), chunk.end(), is_word);
    const auto size = static_cast<std::size_t>(end - chunk.begin());
    if (size > 0) counter.on_word(chunk.substr(0, size));
    chunk.remove_prefix(std::min(size + 1, chunk.size()));
  }
}

std::string_view guess(std::string_view normal) {
  Counter counter;
  each_word(normal, [&counter](std::string_view chunk) { count_chunk(chunk, counter); });
  while (true) {
    normal.remove_prefix(mail::ascii_prefix(normal));
    if (normal.empty()) break;
    const std::size_t n = mail::utf8_sequence(normal);
    if (n > 1) counter.on_character(normal.substr(0, n));
    normal.remove_prefix(std::max<std::size_t>(n, 1));
  }
  return counter.decide();
}

}  // namespace

std::string_view guess_language(std::string_view normal) {
  // A notice in two languages is one in its own, with English behind it for everybody else.
  constexpr std::size_t kFirstBytes = 600;
  const std::string_view first = guess(normal.substr(0, kFirstBytes));
  if (first != "und" || normal.size() <= kFirstBytes) return first;
  return guess(normal.substr(0, limits::kLanguageTextBytes));
}

std::string_view language_of(const PhraseHits& words, std::string_view normal) {
  const std::string_view known = words.language();
  const bool in_text = std::ranges::any_of(
      words.all(), [](const PhraseHit& hit) { return hit.phrase->where == Where::Text; });
  if (in_text && known != "und") return known;
  const std::string_view guessed = guess_language(normal);
  return guessed == "und" ? known : guessed;
}

}  // namespace backstop::reading
