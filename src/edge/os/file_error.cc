#include "edge/os/file_error.h"

#include <cerrno>

namespace backstop::os {

Errc code_of_file_error(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return Errc::NotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return Errc::Denied;
    default:
      return Errc::Unavailable;
  }
}

}  // namespace backstop::os
