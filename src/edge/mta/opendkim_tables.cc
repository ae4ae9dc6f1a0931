#include "edge/mta/opendkim_tables.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::mta {
namespace {

// The first word of a line, and what follows.
struct Row {
  std::string_view word;
  std::string_view rest;
};

template <class Take>
void each_row(std::string_view text, Take take) {
  for (std::size_t line = 0; !text.empty() && line < limits::kDkimTableLines; ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    row = ascii::trim(row.substr(0, row.find('#')));
    const std::size_t blank = std::min(row.find_first_of(" \t"), row.size());
    const std::string_view rest = ascii::trim(row.substr(blank));
    if (!rest.empty()) take(Row{.word = row.substr(0, blank), .rest = rest});
  }
}

// The path of a data set that is a file: "refile:/path", "file:/path", "/path" (opendkim(8)).
std::string path_of(std::string_view set) {
  for (const std::string_view kind : {"refile:", "file:"}) {
    if (ascii::starts_with_folded(set, kind)) set.remove_prefix(kind.size());
  }
  return set.starts_with('/') ? std::string(set) : std::string();
}

std::vector<std::string> list_of(std::string_view set) {
  std::vector<std::string> out;
  if (ascii::starts_with_folded(set, "csl:")) set.remove_prefix(4);
  if (set.find('/') != std::string_view::npos) return out;
  while (!set.empty()) {
    const std::size_t end = std::min(set.find(','), set.size());
    const std::string_view item = ascii::trim(set.substr(0, end));
    if (!item.empty()) out.push_back(ascii::lower(item));
    set.remove_prefix(std::min(end + 1, set.size()));
  }
  return out;
}

}  // namespace

OpendkimSettings parse_opendkim_settings(std::string_view text) {
  OpendkimSettings out;
  each_row(text, [&](const Row& row) {
    const auto is = [&](std::string_view keyword) {
      return ascii::equals_folded(row.word, keyword);
    };
    if (is("domain")) out.domains = list_of(row.rest);
    if (is("selector")) out.selector = ascii::lower(row.rest);
    if (is("keyfile")) out.key_file = row.rest;
    if (is("keytable")) out.key_table = path_of(row.rest);
    if (is("signingtable")) out.signing_table = path_of(row.rest);
  });
  return out;
}

std::vector<OpendkimKey> parse_key_table(std::string_view text) {
  std::vector<OpendkimKey> out;
  each_row(text, [&](const Row& row) {
    const std::size_t first = row.rest.find(':');
    if (first == std::string_view::npos) return;
    const std::size_t second = row.rest.find(':', first + 1);
    if (second == std::string_view::npos) return;
    OpendkimKey key{
        .name = std::string(row.word),
        .domain = ascii::lower(ascii::trim(row.rest.substr(0, first))),
        .selector = ascii::lower(ascii::trim(row.rest.substr(first + 1, second - first - 1))),
        .key = std::string(ascii::trim(row.rest.substr(second + 1)))};
    if (!key.domain.empty() && !key.selector.empty() && !key.key.empty())
      out.push_back(std::move(key));
  });
  return out;
}

std::vector<OpendkimSigning> parse_signing_table(std::string_view text) {
  std::vector<OpendkimSigning> out;
  each_row(text, [&](const Row& row) {
    // "user@example.com", "*@example.com", "example.com", ".example.com", "*".
    std::string_view domain = row.word.substr(row.word.rfind('@') + 1);
    if (domain.starts_with("*.")) domain.remove_prefix(1);
    std::string_view keys = row.rest;
    while (!keys.empty()) {
      const std::size_t end = std::min(keys.find(','), keys.size());
      const std::string_view key = ascii::trim(keys.substr(0, end));
      if (!key.empty()) out.push_back({.domain = ascii::lower(domain), .key = std::string(key)});
      keys.remove_prefix(std::min(end + 1, keys.size()));
    }
  });
  return out;
}

bool signs_for(const std::vector<OpendkimSigning>& table, std::string_view key,
               std::string_view domain) {
  return std::ranges::any_of(table, [&](const OpendkimSigning& row) {
    if (row.key != key) return false;
    return row.domain == "*" || row.domain == domain ||
           (row.domain.starts_with('.') && domain.ends_with(row.domain));
  });
}

}  // namespace backstop::mta
