// By which paths a returned original may have left, as its own text has it.  Text proves nothing:
// it names a path once something else says that there is one.
//
// Pure; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "core/coverage/path.h"
#include "core/reading/reading.h"

namespace backstop::coverage {

// The most telling first: the selectors of signatures in the name of `domain`, the right-hand side
// of its Message-ID where that is not of `domain` itself, and the server that took it in first.
// At most limits::kPathCandidates; empty when nothing was returned.  `domain` is canonical.
std::vector<PathName> name_paths(const reading::Reading& reading, std::string_view domain);

}  // namespace backstop::coverage
