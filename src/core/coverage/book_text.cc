// The file of what was seen, as text: docs/formats/coverage.md.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

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
  book.spf.fault = line[5] == "-" ? "" : *std::move(fault);
  return line[2] != "-" && read(line[2], book.spf_asked) && read(line[3], book.spf.has_record);
}

bool read_term(const Line& line, DomainBook& book) {
  if (line.size() != 6 || book.spf.places.size() >= limits::kSpfPlaces) return false;
  SpfPlace place;
  place.text = clean_path_name(line[2]);
  if (!read(line[3], place.is_own) || !read(line[4], place.is_open) ||
      !read(line[5], place.networks))
    return false;
  book.spf.places.push_back(std::move(place));
  return true;
}

// "since" and "left": a term and its moment.
bool read_moment(const Line& line, std::size_t most, std::map<std::string, Instant>& out) {
  Instant at{};
  if (line.size() != 4 || out.size() >= most || !read(line[3], at)) return false;
  return out.emplace(clean_path_name(line[2]), at).second;
}

bool read_line(const Line& line, DomainBook& book) {
  const std::string_view what = line[0];
  if (what == "domain") return read_domain(line, book);
  if (what == "spf") return read_spf(line, book);
  if (what == "term") return read_term(line, book);
  if (what == "since") return read_moment(line, limits::kSpfPlaces, book.spf_since);
  if (what == "left") return read_moment(line, limits::kSpfLeft, book.spf_left);
  if (what == "path") return read_path(line, book);
  return what == "lost" && line.size() == 3 && read(line[2], book.lost);
}

std::string render_loss(std::string_view domain, Instant at) {
  return fmt::format("lost {} {}\n", escape_word(domain), render_instant(at));
}

// A fault that is written as nothing would be read as none.
std::string render_fault(const std::string& fault) {
  if (fault == "-") return "%2d";
  return fault.empty() ? "-" : escape_word(fault);
}

std::string render_domain(std::string_view name, const DomainBook& book) {
  std::string out;
  const std::string domain = escape_word(name);
  if (book.lost) out += render_loss(name, *book.lost);
  out += fmt::format("domain {} {} {} {}\n", domain, render(book.signing_since),
                     render(book.last_signed), yes_or_no(book.resting));
  if (book.spf_asked) {
    out += fmt::format("spf {} {} {} {} {}\n", domain, render_instant(*book.spf_asked),
                       yes_or_no(book.spf.has_record), book.spf.all == ' ' ? '_' : book.spf.all,
                       render_fault(book.spf.fault));
  }
  for (const SpfPlace& place : book.spf.places)
    out += fmt::format("term {} {} {} {} {}\n", domain, place.text, yes_or_no(place.is_own),
                       yes_or_no(place.is_open), render_networks(place.networks));
  for (const auto& [term, at] : book.spf_since)
    out += fmt::format("since {} {} {}\n", domain, term, render_instant(at));
  for (const auto& [term, at] : book.spf_left)
    out += fmt::format("left {} {} {}\n", domain, term, render_instant(at));
  for (const auto& [path_name, path] : book.paths)
    out += render_path(domain, path_name, path);
  return out;
}

}  // namespace

std::string Book::render() const {
  return render_within(std::string::npos, Instant{}).text;
}

BookText Book::render_within(std::size_t bytes_max, Instant now) const {
  struct Part {
    std::string_view domain;
    std::string text;
  };
  std::vector<Part> parts;
  std::size_t bytes = 0;
  for (const auto& [name, book] : domains_) {
    parts.push_back({name, render_domain(name, book)});
    bytes += parts.back().text.size();
  }
  BookText out;
  if (lost_) out.text = fmt::format("lost {}\n", render_instant(*lost_));
  bytes += out.text.size();
  std::vector<Part*> by_size;
  if (bytes > bytes_max) {
    for (Part& part : parts)
      by_size.push_back(&part);
    std::ranges::sort(by_size, std::greater(), [](const Part* part) { return part->text.size(); });
  }
  for (Part* const part : by_size) {
    if (bytes <= bytes_max) break;
    bytes -= part->text.size();
    part->text = render_loss(part->domain, now);
    bytes += part->text.size();
    out.left_out.emplace_back(part->domain);
  }
  for (const Part& part : parts)
    out.text += part.text;
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
    DomainBook* const book = domain ? out.open(*domain) : nullptr;
    if (book == nullptr) return std::nullopt;
    if (book->lost != kNeverSeen && !read_line(*line, *book)) out.on_loss(*domain, kNeverSeen);
  }
  return out;
}

std::vector<std::string> Book::damaged() const {
  std::vector<std::string> out;
  for (const auto& [name, book] : domains_)
    if (book.lost == kNeverSeen) out.push_back(name);
  return out;
}

}  // namespace backstop::coverage
