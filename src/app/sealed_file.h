// Small files of the store directory that only we write: a head that names what it is, lines, and a
// check sum, so that one that was cut or changed is told from a good one and refused whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace backstop::app {

// The lines of DIRECTORY/NAME.  Errors: as os::read_text_file; Errc::Invalid, with the file, when
// it is not as it was written: cut, changed, or of another version.
Result<std::string> read_sealed(const std::string& directory, std::string_view name,
                                std::size_t bytes_max);
// Errors: as os::write_text_file.
Result<void> write_sealed(const std::string& directory, std::string_view name,
                          std::string_view body);

// What the seal of that file takes beside its lines.
std::size_t seal_bytes(std::string_view name);

// What tells one state of a file from another without reading it.
struct FileMark {
  std::filesystem::file_time_type written{};
  std::uintmax_t bytes = 0;
  bool operator==(const FileMark&) const = default;
};
// The default for a file that is not there.
FileMark mark_of(const std::string& directory, std::string_view name);

}  // namespace backstop::app
