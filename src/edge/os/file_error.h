// What a failed call on a file means, by errno.
#pragma once

#include "core/base/result.h"

namespace backstop::os {

// NotFound when the name leads nowhere, Denied when it may not be touched, else Unavailable.
Errc code_of_file_error(int error);

}  // namespace backstop::os
