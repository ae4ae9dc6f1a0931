// A kind by its name.
#pragma once

#include <optional>
#include <string_view>

#include "core/reading/reading.h"

namespace backstop::reading {

// What name_of(Kind) says: "delivery-report".  Nothing for any other text.  Any thread.
std::optional<Kind> parse_kind(std::string_view name);

}  // namespace backstop::reading
