// The files of the store's directory, and what a backup does with each.  Whoever adds a file there
// adds a row here: a test compares the directory of a living daemon with this list.
#pragma once

#include <string_view>

namespace backstop::app {

enum class StoreFile {
  Database,   // SQLite: copied as one moment saw it.
  Text,       // Replaced whole by whoever writes it: copied as it stands.
  Heartbeat,  // Written anew: the time of the backup, from which on everything is lost.
  Passing,    // Of a running process, on its way to another name or out of here: left out.
  Damaged,    // Moved aside by us: left out.
  Unknown,
};

// `name`: of a file in the directory.
StoreFile kind_of_store_file(std::string_view name);

}  // namespace backstop::app
