// Signs and words told to a person who asks why a message is what it is.
//
// Pure; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "core/reading/header_signs.h"
#include "core/reading/phrases.h"

namespace backstop::reading {

// All that were met, in the order of their declaration.
std::vector<HeaderSign> list_signs(HeaderSigns signs);
// "list-confirm-address": permanent.
std::string_view name_of(HeaderSign sign);
// "It has an address with the confirmation token of a list manager."
std::string_view sentence_of(HeaderSign sign);
// "subject", "from", "text", "diagnostic", as in phrases.tsv.
std::string_view name_of(Where where);

}  // namespace backstop::reading
