// The DKIM keys every play runs with: that of RFC 8463 A.2, public with its secret half, and
// therefore of no use anywhere else.
#pragma once

#include <memory>

#include "core/proof/dkim_check.h"
#include "core/proof/dkim_key.h"

namespace backstop::play {

// Selector `play` of example.com.
std::shared_ptr<const proof::DkimKeys> standard_dkim_keys();
// What the stage's DNS says: selector `asked` has that key too, and no other selector exists.
proof::DkimKeyAnswer standard_dns_answer(const proof::DkimKeyName& name);

}  // namespace backstop::play
