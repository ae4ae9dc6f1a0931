// Files of this folder that the build puts into the program (cmake/embed_texts.cmake).
#pragma once

#include <span>
#include <string_view>

namespace backstop::scenario {

struct EmbeddedFile {
  std::string_view name;  // Without its ending.
  std::string_view text;
};

// In order of their names.
std::span<const EmbeddedFile> named_files();  // named/*.scenario
std::span<const EmbeddedFile> text_files();   // texts/*.text

// The scenario of that name; null when there is none.
const EmbeddedFile* find_named(std::string_view name);

}  // namespace backstop::scenario
