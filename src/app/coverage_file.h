// The two files of the store directory about the ways in which mail leaves: `coverage`, which only
// the daemon writes, and `coverage-words`, which only commands write.  So each has one writer at a
// time, and neither loses what the other knows.  docs/formats/coverage.md.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/config/config.h"
#include "core/coverage/book.h"
#include "core/coverage/domain_view.h"
#include "core/coverage/path.h"

namespace backstop::app {

inline constexpr std::string_view kCoverageFile = "coverage";
inline constexpr std::string_view kCoverageWordsFile = "coverage-words";

// Nothing is known where there is no file.  Errors: as os::read_text_file; Errc::Invalid, with the
// file, when it is not as it was written: cut, changed, or of another version.  A book of which
// single domains cannot be read says so (Book::damaged).
Result<coverage::Book> read_coverage_book(const std::string& directory);
Result<coverage::Words> read_coverage_words(const std::string& directory);
// Never more than can be read again: the domains for which there was no room, which it says are
// lost at `now`.  Errors: as os::write_text_file.
Result<std::vector<std::string>> write_coverage_book(const std::string& directory,
                                                     const coverage::Book& book, Instant now);

// Changes the operator's words and leaves them on the disk, one command after another.  `change`
// returns true when there is something to write.  The file belongs to whom the directory belongs,
// so that the daemon can read it whoever ran the command.  Errors: as above; Errc::Unavailable when
// another command keeps it locked; Errc::Limit for more words than are kept.  A file that cannot be
// read is left as it is.
Result<bool> change_coverage_words(const std::string& directory,
                                   const std::function<bool(coverage::Words&)>& change);

// The operator's word on a path of a domain (canonical), from `now` on; Word::None takes it back.
// `addresses` (canonical) only with Word::Ours; they are added to those said before.  False when
// it was said already.  Errors: as above; Errc::Invalid for Here, and for too many addresses.
Result<bool> say_of_path(const std::string& directory, const std::string& domain,
                         const coverage::PathName& path, coverage::Word word, Instant now,
                         const std::vector<std::string>& addresses = {});
// That the list of the domain has every path, or that it may not.
Result<bool> say_whole(const std::string& directory, const std::string& domain, bool is_whole,
                       Instant now);

// What is known of every guarded domain, by its name: for commands.  Errors: as above.
Result<std::map<std::string, coverage::DomainView>> read_coverage(const config::Config& config);

}  // namespace backstop::app
