// The file of what was seen, as text: docs/formats/coverage.md.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/base/word_line.h"
#include "core/coverage/book.h"

namespace backstop::coverage {
namespace {

using Line = std::vector<std::string_view>;

std::string render(const std::optional<Instant>& at) {
  return at ? render_instant(*at) : "-";
}

// Each reads one word; false for what is none.
bool read(std::string_view word, Instant& out) {
  const auto at = parse_instant(word);
  if (at) out = *at;
  return at.has_value();
}

bool read(std::string_view word, std::optional<Instant>& out) {
  out.reset();
  if (word == "-") return true;
  Instant at{};
  if (!read(word, at)) return false;
  out = at;
  return true;
}

bool read(std::string_view word, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc() && end == word.data() + word.size();
}

bool read(std::string_view word, bool& out) {
  out = word == "yes";
  return out || word == "no";
}

std::string_view yes_or_no(bool value) {
  return value ? "yes" : "no";
}

std::string render_networks(const std::vector<IpNetwork>& networks) {
  std::string out;
  for (const IpNetwork& network : networks)
    out += (out.empty() ? "" : ",") + network.text();
  return out.empty() ? "-" : out;
}

bool read(std::string_view word, std::vector<IpNetwork>& out) {
  if (word == "-") return true;
  for (;;) {
    const auto comma = word.find(',');
    auto network = IpNetwork::parse(word.substr(0, comma));
    if (!network || out.size() >= limits::kSpfNetworks) return false;
    out.push_back(*std::move(network));
    if (comma == std::string_view::npos) return true;
    word.remove_prefix(comma + 1);
  }
}

std::string render_path(std::string_view domain, const PathName& name, const Path& path) {
  return fmt::format("path {} {} {} {} {} {} {} {} {} {} {} {} {}\n", domain, name.text(),
                     render_instant(path.first), render_instant(path.last), path.signed_count,
                     path.unsigned_count, path.pair_count, render(path.opened),
                     render(path.last_proved), render(path.signed_from), path.signed_row,
                     yes_or_no(path.more), render_addresses(path.addresses));
}

bool read_path(const Line& line, DomainBook& book) {
  if (line.size() != 14) return false;
  const auto name = parse_path_name(line[2]);
  auto addresses = parse_addresses(line[13]);
  if (!name || !addresses || book.paths.contains(*name)) return false;
  const auto same = std::ranges::count_if(
      book.paths, [&](const auto& entry) { return entry.first.kind == name->kind; });
  if (static_cast<std::size_t>(same) > limits::kPathsPerKind) return false;
  Path path;
  path.addresses = *std::move(addresses);
  const bool good = read(line[3], path.first) && read(line[4], path.last) &&
                    read(line[5], path.signed_count) && read(line[6], path.unsigned_count) &&
                    read(line[7], path.pair_count) && read(line[8], path.opened) &&
                    read(line[9], path.last_proved) && read(line[10], path.signed_from) &&
                    read(line[11], path.signed_row) && read(line[12], path.more);
  if (good) book.paths.emplace(*name, std::move(path));
  return good;
}

bool read_domain(const Line& line, DomainBook& book) {
  return line.size() == 5 && read(line[2], book.signing_since) && read(line[3], book.last_signed) &&
         read(line[4], book.resting);
}

bool read_spf(const Line& line, DomainBook& book) {
  if (line.size() != 6) return false;
  auto fault = unescape_word(line[5]);
  const std::string_view all = line[4];
  if (!fault || all.size() != 1 || std::string_view("-~?+_").find(all) == std::string_view::npos)
    return false;
  book.spf.all = all == "_" ? ' ' : all.front();
  book.spf.fault = *fault == "-" ? "" : *std::move(fault);
  return read(line[2], book.spf_asked) && read(line[3], book.spf.has_record);
}

bool read_term(const Line& line, DomainBook& book) {
  if (line.size() != 6 || book.spf.places.size() >= limits::kSpfTerms + 1) return false;
  SpfPlace place;
  place.text = clean_path_name(line[2]);
  if (!read(line[3], place.is_own) || !read(line[4], place.is_open) ||
      !read(line[5], place.networks))
    return false;
  book.spf.places.push_back(std::move(place));
  return true;
}

}  // namespace

std::string Book::render() const {
  std::string out;
  if (lost_) out += fmt::format("lost {}\n", render_instant(*lost_));
  for (const auto& [name, book] : domains_) {
    const std::string domain = escape_word(name);
    out += fmt::format("domain {} {} {} {}\n", domain, coverage::render(book.signing_since),
                       coverage::render(book.last_signed), yes_or_no(book.resting));
    if (book.spf_asked) {
      out += fmt::format("spf {} {} {} {} {}\n", domain, render_instant(*book.spf_asked),
                         yes_or_no(book.spf.has_record), book.spf.all == ' ' ? '_' : book.spf.all,
                         book.spf.fault.empty() ? "-" : escape_word(book.spf.fault));
    }
    for (const SpfPlace& place : book.spf.places)
      out += fmt::format("term {} {} {} {} {}\n", domain, place.text, yes_or_no(place.is_own),
                         yes_or_no(place.is_open), render_networks(place.networks));
    for (const auto& [path_name, path] : book.paths)
      out += render_path(domain, path_name, path);
  }
  return out;
}

std::optional<Book> Book::parse(std::string_view text) {
  Book out;
  while (auto line = take_word_line(text)) {
    if ((*line)[0] == "lost" && line->size() == 2) {
      if (!read((*line)[1], out.lost_)) return std::nullopt;
      continue;
    }
    const auto domain = line->size() >= 2 ? unescape_word((*line)[1]) : std::nullopt;
    DomainBook* const book = domain && !domain->empty() ? out.open(*domain) : nullptr;
    if (book == nullptr) return std::nullopt;
    const std::string_view what = (*line)[0];
    const bool good = what == "domain" ? read_domain(*line, *book)
                      : what == "spf"  ? read_spf(*line, *book)
                      : what == "term" ? read_term(*line, *book)
                      : what == "path" ? read_path(*line, *book)
                                       : false;
    if (!good) return std::nullopt;
  }
  return out;
}

}  // namespace backstop::coverage
