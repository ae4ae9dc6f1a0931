// Which language a text is written in, of those the phrases are in.
#pragma once

#include <string_view>

namespace backstop::reading {

// "en", "de", "fr", "es", "it", "pt", "nl", "ja", "ru", "pl", "sv", "zh"; "und" when the text is
// too short or another language.  By script and by its commonest small words.  `normal` as of
// render_normal.
std::string_view guess_language(std::string_view normal);

}  // namespace backstop::reading
