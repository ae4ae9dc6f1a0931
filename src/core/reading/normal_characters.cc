#include "core/reading/normal_characters.h"

#include <algorithm>
#include <iterator>

namespace backstop::reading {
namespace {

struct Composition {
  char32_t letter;
  char32_t mark;
  char32_t composed;
};

// Sorted by letter and mark: the lower-case letters of Latin-1, Latin Extended-A and Cyrillic
// (Unicode's canonical compositions).
constexpr Composition kCompositions[] = {
#define BACKSTOP_COMPOSITION(letter, mark, composed) {letter, mark, composed},
#include "core/reading/compositions.inc"
#undef BACKSTOP_COMPOSITION
};

constexpr bool in(char32_t code, char32_t first, char32_t last) {
  return code >= first && code <= last;
}

// Lower case of Latin-1 and Latin Extended-A.
char32_t lower_latin(char32_t code) {
  if (in(code, 0xc0, 0xde)) return code == 0xd7 ? code : code + 0x20;
  if (code == 0x130 || code == 0x131) return 'i';  // Turkish: no reader tells them in capitals.
  if (code == 0x178) return 0xff;
  if (code == 0x17f) return 's';
  if (in(code, 0x100, 0x137) || in(code, 0x14a, 0x177)) return code | 1;
  if (in(code, 0x139, 0x148) || in(code, 0x179, 0x17e)) return code + (code & 1);
  if (code == 0x1a0 || code == 0x1af) return code + 1;  // Vietnamese.
  // Romanian with commas below, Azerbaijani schwa, and the pairs of Pinyin.
  if (in(code, 0x1cd, 0x1dc)) return code + (code & 1);
  if (in(code, 0x1de, 0x1ef) || in(code, 0x1f8, 0x21f) || in(code, 0x222, 0x233)) return code | 1;
  return code;
}

char32_t lower_greek(char32_t code) {
  if (in(code, 0x391, 0x3ab) && code != 0x3a2) return code + 0x20;
  if (code == 0x3c2) return 0x3c3;  // The sigma that ends a word has no capital of its own.
  if (code == 0x386) return 0x3ac;
  if (in(code, 0x388, 0x38a)) return code + 0x25;
  if (code == 0x38c) return 0x3cc;
  if (code == 0x38e || code == 0x38f) return code + 0x3f;
  return code;
}

char32_t lower_cyrillic(char32_t code) {
  if (code == 0x401 || code == 0x451) return 0x435;  // Russians write io or ie for it.
  if (in(code, 0x400, 0x40f)) return code + 0x50;
  if (in(code, 0x410, 0x42f)) return code + 0x20;
  if (in(code, 0x460, 0x481) || in(code, 0x48a, 0x4bf) || in(code, 0x4d0, 0x52f)) return code | 1;
  if (in(code, 0x4c1, 0x4ce)) return code + (code & 1);
  return code == 0x4c0 ? 0x4cf : code;
}

NormalCharacter normal_punctuation(char32_t code) {
  if (in(code, 0x2000, 0x200a) || in(code, 0x2028, 0x2029) || code == 0x202f || code == 0x205f) {
    return {NormalForm::Space, 0};
  }
  if (in(code, 0x200b, 0x200f) || in(code, 0x202a, 0x202e) || in(code, 0x2060, 0x206f)) {
    return {NormalForm::Dropped, 0};
  }
  if (in(code, 0x2010, 0x2015)) return {NormalForm::Other, '-'};
  if (in(code, 0x2018, 0x201b) || code == 0x2032 || code == 0x2035 || in(code, 0x2039, 0x203a)) {
    return {NormalForm::Other, '\''};
  }
  if (in(code, 0x201c, 0x201f) || code == 0x2033 || code == 0x2036) {
    return {NormalForm::Other, '"'};
  }
  if (code == 0x2026) return {NormalForm::Ellipsis, 0};
  return {NormalForm::Other, code};
}

}  // namespace

NormalCharacter normal_character(char32_t code) {
  const auto other = [](char32_t normal) { return NormalCharacter{NormalForm::Other, normal}; };
  if (code < 0x80) return other(code);
  if (code < 0xc0) {
    if (code == 0xa0 || code == 0x85) return {NormalForm::Space, 0};
    if (code == 0xad) return {NormalForm::Dropped, 0};
    if (code == 0xb4) return other('\'');
    if (code == 0xab || code == 0xbb) return other('"');
    return other(code);
  }
  if (code < 0x250) return other(lower_latin(code));
  if (in(code, 0x300, 0x36f)) return {NormalForm::Mark, code};
  if (in(code, 0x370, 0x3ff)) return other(lower_greek(code));
  if (in(code, 0x400, 0x52f)) return other(lower_cyrillic(code));
  if (in(code, 0x660, 0x669) || in(code, 0x6f0, 0x6f9)) return other('0');
  if (code == 0x1e9e) return other(0xdf);
  if (in(code, 0x1e00, 0x1e95) || in(code, 0x1ea0, 0x1eff)) return other(code | 1);
  if (in(code, 0x2000, 0x206f)) return normal_punctuation(code);
  if (code == 0x1680 || code == 0x3000) return {NormalForm::Space, 0};
  if (code == 0x2212) return other('-');
  if (code == 0x61c || code == 0x180e || code == 0xfeff || in(code, 0xfe00, 0xfe0f)) {
    return {NormalForm::Dropped, 0};
  }
  if (in(code, 0xff01, 0xff5e)) return other(code - 0xfee0);
  return other(code);
}

char32_t compose(char32_t letter, char32_t mark) {
  const auto* const end = std::end(kCompositions);
  const auto* const found =
      std::lower_bound(std::begin(kCompositions), end, Composition{letter, mark, 0},
                       [](const Composition& a, const Composition& b) {
                         return a.letter != b.letter ? a.letter < b.letter : a.mark < b.mark;
                       });
  return found != end && found->letter == letter && found->mark == mark ? found->composed : 0;
}

char32_t decode_character(std::string_view sequence) {
  const auto byte = [sequence](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(sequence[i]));
  };
  switch (sequence.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0xf) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    default:
      return (byte(0) & 7) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 |
             (byte(3) & 0x3f);
  }
}

}  // namespace backstop::reading
