#include "core/reading/phrases.h"

namespace backstop::reading {}
