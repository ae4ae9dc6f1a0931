#include "core/reading/phrases.h"

#include <algorithm>
#include <array>
#include <span>

#include "core/base/limits.h"
#include "core/reading/phrase_search.h"

namespace backstop::reading {
namespace {

constexpr Phrase kPhrases[] = {
#define BACKSTOP_PHRASE(id, language, kind, where, product, reason, fixed, literal) \
  {id, language, Kind::kind, Where::where, product, FailureReason::reason, fixed, literal},
#include "core/reading/phrases.inc"
#undef BACKSTOP_PHRASE
};

constexpr std::size_t count_in(Where where) {
  return static_cast<std::size_t>(
      std::count_if(std::begin(kPhrases), std::end(kPhrases),
                    [where](const Phrase& phrase) { return phrase.where == where; }));
}

template <Where where>
constexpr PhraseIndex<count_in(where)> kIndex{kPhrases, where};

}  // namespace

std::span<const Phrase> all_phrases() {
  return kPhrases;
}

// Of a notice.
constexpr std::size_t kHitsUsual = 24;

void PhraseHits::add(const Phrase& phrase, std::size_t at) {
  if (hits_.size() >= limits::kPhraseHits) return;
  const bool known = std::any_of(hits_.begin(), hits_.end(),
                                 [&phrase](const PhraseHit& hit) { return hit.phrase == &phrase; });
  if (known) return;
  if (hits_.empty()) hits_.reserve(kHitsUsual);
  hits_.push_back({&phrase, at});
}

bool PhraseHits::has(Kind kind) const {
  return std::any_of(hits_.begin(), hits_.end(),
                     [kind](const PhraseHit& hit) { return hit.phrase->kind == kind; });
}

bool PhraseHits::has(Kind kind, Where where) const {
  return count(kind, where) != 0;
}

unsigned PhraseHits::count(Kind kind, Where where) const {
  return static_cast<unsigned>(
      std::count_if(hits_.begin(), hits_.end(), [kind, where](const PhraseHit& hit) {
        return hit.phrase->kind == kind && hit.phrase->where == where;
      }));
}

unsigned PhraseHits::count_fixed(Kind kind, Where where) const {
  return static_cast<unsigned>(
      std::count_if(hits_.begin(), hits_.end(), [kind, where](const PhraseHit& hit) {
        return hit.phrase->kind == kind && hit.phrase->where == where && hit.phrase->fixed;
      }));
}

const Phrase* PhraseHits::first(Kind kind, Where where) const {
  const PhraseHit* best = nullptr;
  for (const PhraseHit& hit : hits_) {
    if (hit.phrase->kind != kind || hit.phrase->where != where) continue;
    if (best == nullptr || (hit.phrase->fixed && !best->phrase->fixed) ||
        (hit.phrase->fixed == best->phrase->fixed && hit.at < best->at)) {
      best = &hit;
    }
  }
  return best == nullptr ? nullptr : best->phrase;
}

std::string_view PhraseHits::product(Kind kind) const {
  for (const PhraseHit& hit : hits_) {
    if (hit.phrase->kind == kind && !hit.phrase->product.empty()) return hit.phrase->product;
  }
  return {};
}

std::string_view PhraseHits::language() const {
  // A code of two letters as a number; of no language, 0.
  const auto number_of = [](std::string_view language) {
    return language.size() == 2 ? static_cast<unsigned char>(language[0]) << 8 |
                                      static_cast<unsigned char>(language[1])
                                : 0;
  };
  std::array<int, limits::kPhraseHits> languages;
  for (std::size_t i = 0; i < hits_.size(); ++i)
    languages[i] = number_of(hits_[i].phrase->language);
  const std::span<const int> all(languages.data(), hits_.size());
  std::string_view best = "und";
  std::ptrdiff_t most = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == 0 || all[i] == number_of(best)) continue;
    const auto times = std::ranges::count(all, all[i]);
    if (times == most) best = "und";
    if (times > most) {
      best = hits_[i].phrase->language;
      most = times;
    }
  }
  return best;
}

void find_phrases(std::string_view normal, Where where, PhraseHits& into) {
  const auto on_phrase = [&into](std::size_t phrase, std::size_t at) {
    into.add(kPhrases[phrase], at);
  };
  switch (where) {
    case Where::Subject:
      return kIndex<Where::Subject>.search(normal, on_phrase);
    case Where::From:
      return kIndex<Where::From>.search(normal, on_phrase);
    case Where::Text:
      return kIndex<Where::Text>.search(normal, on_phrase);
    case Where::Diagnostic:
      return kIndex<Where::Diagnostic>.search(normal, on_phrase);
  }
}

}  // namespace backstop::reading
