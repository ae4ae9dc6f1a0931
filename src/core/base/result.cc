#include "core/base/result.h"

#include "core/base/assert.h"

namespace backstop {

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::Invalid:
      return "invalid";
    case Errc::NotFound:
      return "not found";
    case Errc::Denied:
      return "denied";
    case Errc::Exists:
      return "exists";
    case Errc::Unavailable:
      return "unavailable";
    case Errc::Limit:
      return "limit reached";
    case Errc::Unsupported:
      return "unsupported";
    case Errc::Internal:
      return "internal";
  }
  BS_ASSERT(false);
}

}  // namespace backstop
