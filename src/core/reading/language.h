// Which language a text is written in, of those the phrases are in.
#pragma once

#include <string_view>

#include "core/reading/phrases.h"

namespace backstop::reading {

// "en", "de", "fr", "es", "it", "pt", "nl", "ja", "ru", "pl", "sv", "zh"; "und" when the text is
// too short or another language.  By script and by its commonest small words.  `normal` as of
// render_normal.
std::string_view guess_language(std::string_view normal);

// Of a notice, by the phrases that were met in it, and its own text: known phrases of the text say
// it best, small words of any text next, the subject last, since a server may put words of its own
// language before a person's.
std::string_view language_of(const PhraseHits& words, std::string_view normal);

}  // namespace backstop::reading
