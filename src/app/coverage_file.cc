#include "app/coverage_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/sealed_file.h"
#include "core/base/coverage_limits.h"
#include "edge/os/file_lock.h"

namespace backstop::app {
namespace {

std::string path_in(const std::string& directory, std::string_view name) {
  return fmt::format("{}/{}", directory, name);
}

bool add_addresses(coverage::Said& said, const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    const auto place = std::ranges::lower_bound(said.addresses, address);
    if (place == said.addresses.end() || *place != address) said.addresses.insert(place, address);
  }
  return said.addresses.size() <= limits::kPathAddresses;
}

}  // namespace

Result<coverage::Book> read_coverage_book(const std::string& directory) {
  const auto text = read_sealed(directory, kCoverageFile, limits::kCoverageFileBytes);
  if (!text && text.error().code == Errc::NotFound) return coverage::Book{};
  if (!text) return tl::unexpected<Error>(text.error());
  auto book = coverage::Book::parse(*text);
  if (!book)
    return fail(Errc::Invalid, path_in(directory, kCoverageFile), "holds a line of no form");
  return *std::move(book);
}

Result<coverage::Words> read_coverage_words(const std::string& directory) {
  const auto text = read_sealed(directory, kCoverageWordsFile, limits::kCoverageWordBytes);
  if (!text && text.error().code == Errc::NotFound) return coverage::Words{};
  if (!text) return tl::unexpected<Error>(text.error());
  auto words = coverage::parse_words(*text);
  if (!words)
    return fail(Errc::Invalid, path_in(directory, kCoverageWordsFile), "holds a line of no form");
  return *std::move(words);
}

Result<std::vector<std::string>> write_coverage_book(const std::string& directory,
                                                     const coverage::Book& book, Instant now) {
  coverage::BookText text =
      book.render_within(limits::kCoverageFileBytes - seal_bytes(kCoverageFile), now);
  BS_TRY_VOID(write_sealed(directory, kCoverageFile, text.text));
  return std::move(text.left_out);
}

Result<bool> change_coverage_words(const std::string& directory,
                                   const std::function<bool(coverage::Words&)>& change) {
  BS_TRY(const os::FileLock lock, os::FileLock::take(directory));
  BS_TRY(coverage::Words words, read_coverage_words(directory));
  if (!change(words)) return false;
  const std::string path = path_in(directory, kCoverageWordsFile);
  const std::string text = coverage::render_words(words);
  // What cannot be read again would silence every word.
  if (text.size() + seal_bytes(kCoverageWordsFile) > limits::kCoverageWordBytes ||
      !coverage::parse_words(text)) {
    return fail(Errc::Limit, path,
                fmt::format("has room for {} words; take back some: backstop coverage forget",
                            limits::kCoverageWords));
  }
  BS_TRY_VOID(write_sealed(directory, kCoverageWordsFile, text));
  return true;
}

Result<bool> say_of_path(const std::string& directory, const std::string& domain,
                         const coverage::PathName& path, coverage::Word word, Instant now,
                         const std::vector<std::string>& addresses) {
  if (path.kind == coverage::PathKind::Here)
    return fail(Errc::Invalid, path.text(), "is what Backstop sees itself; nothing need be said");
  bool fits = true;
  const auto changed = change_coverage_words(directory, [&](coverage::Words& words) {
    coverage::DomainWords& of_domain = words[domain];
    if (word == coverage::Word::None) return of_domain.said.erase(path) > 0;
    const auto found = of_domain.said.find(path);
    const bool same = found != of_domain.said.end() && found->second.word == word;
    coverage::Said said{.word = word, .at = now, .addresses = {}};
    if (same && word == coverage::Word::Ours) said.addresses = found->second.addresses;
    const std::size_t before = said.addresses.size();
    fits =
        add_addresses(said, word == coverage::Word::Ours ? addresses : std::vector<std::string>());
    // A word said again is a new one: it may answer what was seen meanwhile.
    if (same && word != coverage::Word::Signs && said.addresses.size() == before) return false;
    if (fits) of_domain.said[path] = std::move(said);
    return fits;
  });
  if (!fits) {
    return fail(Errc::Limit, path.text(),
                fmt::format("can have {} addresses; set coverage = \"partly\" for the domain where "
                            "it has more",
                            limits::kPathAddresses));
  }
  return changed;
}

Result<bool> say_whole(const std::string& directory, const std::string& domain, bool is_whole,
                       Instant now) {
  return change_coverage_words(directory, [&](coverage::Words& words) {
    coverage::DomainWords& of_domain = words[domain];
    if (!is_whole) return std::exchange(of_domain.whole, std::nullopt).has_value();
    of_domain.whole = now;
    return true;
  });
}

Result<std::map<std::string, coverage::DomainView>> read_coverage(const config::Config& config) {
  std::map<std::string, coverage::DomainView> out;
  coverage::Book book;
  coverage::Words words;
  if (!config.store_directory.empty()) {
    BS_TRY(book, read_coverage_book(config.store_directory));
    BS_TRY(words, read_coverage_words(config.store_directory));
  }
  for (const auto& [name, domain] : config.domains) {
    const auto said = words.find(name);
    out.emplace(
        name, coverage::find_coverage(name, book.find(name),
                                      said == words.end() ? nullptr : &said->second, book.lost()));
  }
  return out;
}

}  // namespace backstop::app
