// What a ring that comes out of a backup has to be told.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/base/time.h"

namespace backstop::app {

// Every key of the directory that may have signed since the backup was made may have done so until
// `now`: else what it signed in between would verify for too short a time.  Keys that were retired
// never sign again and stay as they are.  Errors: as KeyStore::load and save.
Result<void> extend_restored_keys(const std::string& directory, Instant now);

}  // namespace backstop::app
