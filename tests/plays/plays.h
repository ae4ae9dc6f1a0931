// The plays of this folder.
#pragma once

#include <string>
#include <vector>

#include "core/play/play.h"

namespace backstop::play {

// Paths, sorted.  REQUIRES: run from the root of the source tree.
std::vector<std::string> list_plays();
// A play that cannot be read fails the test and comes back empty.
Play load_play(const std::string& path);
// "tests/plays/x.play" -> "x", as a name for a test.
std::string title_of(const std::string& path);

}  // namespace backstop::play
