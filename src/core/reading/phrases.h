// The words by which programs that answer mail are told: one table, phrases.tsv, of literals in
// normal text (normal_text.h), and the search for all of them at once.
//
// A phrase is one sign among at least two; kind.h decides.  Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/reading/reading.h"

namespace backstop::reading {

// Where the words must stand.
enum class Where : std::uint8_t {
  Subject,
  From,        // The display name or comment of From.
  Text,        // The notice's own words: not quoted lines, not the returned message.
  Diagnostic,  // The answer of a server about one recipient.
};
inline constexpr unsigned kWhereCount = static_cast<unsigned>(Where::Diagnostic) + 1;

// A row of phrases.tsv.  All views live as long as the program.
struct Phrase {
  std::string_view id;        // "de-autoreply-outlook-away": permanent, unique.
  std::string_view language;  // ISO 639-1; "und" for words of no language.
  Kind kind;
  Where where;
  std::string_view product;  // What writes so; "" when many do.
  FailureReason reason;      // What they mean for a recipient; Unknown when they say nothing of it.
  // Fixed by a program's source, so that a person hardly writes it; otherwise people may as well.
  bool fixed;
  std::string_view literal;  // In normal text.
};

std::span<const Phrase> all_phrases();

struct PhraseHit {
  const Phrase* phrase;
  std::size_t at;  // Byte in the normal text, of its first occurrence.
};

// The different phrases met in the places of one message; at most limits::kPhraseHits.
class PhraseHits {
 public:
  void add(const Phrase& phrase, std::size_t at);
  bool empty() const { return hits_.empty(); }
  bool has(Kind kind) const;
  bool has(Kind kind, Where where) const;
  // Different phrases of that kind in that place.
  unsigned count(Kind kind, Where where) const;
  // Those that are fixed.
  unsigned count_fixed(Kind kind, Where where) const;
  // The first in the text's order, fixed ones first; null when there is none.
  const Phrase* first(Kind kind, Where where) const;
  // The product of the first hit of that kind that names one; "" when none does.
  std::string_view product(Kind kind) const;
  // The language of most hits, "und" when there is none or they disagree.
  std::string_view language() const;
  const std::vector<PhraseHit>& all() const { return hits_; }

 private:
  std::vector<PhraseHit> hits_;
};

// Adds every phrase of `where` that stands in `normal`, which render_normal made.
void find_phrases(std::string_view normal, Where where, PhraseHits& into);

}  // namespace backstop::reading
