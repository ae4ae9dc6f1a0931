#include "core/coverage/book.h"

#include <algorithm>
#include <set>
#include <utility>

namespace backstop::coverage {
namespace {

// The terms that let others than our own hosts send.
std::set<std::string> others_of(const SpfFindings& findings) {
  std::set<std::string> out;
  for (const SpfPlace& place : findings.places)
    if (!place.is_own) out.insert(place.text);
  return out;
}

// Nobody knows what else stands in a record that cannot be used: what stood there counts on.
void keep_places(const SpfFindings& known, SpfFindings& broken) {
  for (const SpfPlace& place : known.places) {
    if (broken.places.size() >= limits::kSpfPlaces) return;
    if (std::ranges::find(broken.places, place.text, &SpfPlace::text) == broken.places.end())
      broken.places.push_back(place);
  }
}

// Which terms of others came and which went.
void follow_terms(DomainBook& book, const SpfFindings& findings, Instant at) {
  const auto before = others_of(book.spf);
  const auto after = others_of(findings);
  for (const std::string& term : after) {
    if (before.contains(term)) continue;
    book.spf_since[term] = at;
    book.spf_left.erase(term);
  }
  for (const std::string& term : before) {
    if (after.contains(term)) continue;
    book.spf_since.erase(term);
    if (book.spf_left.size() >= limits::kSpfLeft)
      book.spf_left.erase(std::ranges::min_element(book.spf_left, {},
                                                   [](const auto& entry) { return entry.second; }));
    book.spf_left[term] = at;
  }
}

bool is_young(const DomainBook& book, Instant at) {
  return !book.signing_since || at < *book.signing_since + kLearningDays;
}

}  // namespace

std::string_view name_of(Weight weight) {
  switch (weight) {
    case Weight::Weak:
      return "weak";
    case Weight::Pair:
      return "pair";
    case Weight::Strong:
      break;
  }
  return "strong";
}

bool signs_again(const Path& path) {
  return path.unsigned_count > 0 && path.signed_from && path.signed_row >= kSignedAgain &&
         path.last >= *path.signed_from + kSignedAgainFor;
}

DomainBook* Book::open(std::string_view domain) {
  const auto found = domains_.find(domain);
  if (found != domains_.end()) return &found->second;
  if (domain.empty()) return nullptr;
  if (domains_.size() >= limits::kCoverageDomains) return nullptr;
  return &domains_[std::string(domain)];
}

const DomainBook* Book::find(std::string_view domain) const {
  const auto found = domains_.find(domain);
  return found == domains_.end() ? nullptr : &found->second;
}

// Where there is no room for a further name: one of the log that always signed makes way, since
// nothing is lost with it; else it is one of "all further ones".
Path& Book::path_of(DomainBook& book, PathName name, Instant at, bool& is_new) {
  name.name = name.kind == PathKind::Here ? "" : clean_path_name(name.name);
  auto found = book.paths.find(name);
  if (found == book.paths.end()) {
    const auto same_kind = [&](const auto& entry) { return entry.first.kind == name.kind; };
    const auto count = std::ranges::count_if(book.paths, same_kind);
    if (static_cast<std::size_t>(count) >= limits::kPathsPerKind) {
      const auto spare = std::ranges::find_if(book.paths, [&](const auto& entry) {
        return same_kind(entry) && is_logged(name.kind) && entry.second.unsigned_count == 0 &&
               entry.first.name != "*";
      });
      if (spare != book.paths.end()) {
        book.paths.erase(spare);
      } else {
        name.name = "*";
      }
      found = book.paths.find(name);
    }
  }
  is_new = found == book.paths.end();
  if (!is_new) return found->second;
  Path& path = book.paths[name];
  path.first = path.last = at;
  return path;
}

bool Book::add_address(Path& path, std::string_view address) {
  if (address.empty()) return false;
  const auto place = std::ranges::lower_bound(path.addresses, address);
  if (place != path.addresses.end() && *place == address) return false;
  if (path.addresses.size() >= limits::kPathAddresses) return !std::exchange(path.more, true);
  path.addresses.insert(place, std::string(address));
  return true;
}

bool Book::on_outgoing(std::string_view domain, bool is_signed, Instant at) {
  DomainBook* const book = open(domain);
  if (book == nullptr) return false;
  bool changed = false;
  Path& here = path_of(*book, PathName{}, at, changed);
  here.last = std::max(here.last, at);
  if (!is_signed) {
    ++here.unsigned_count;
    // Less than that is a signing gap, which excuses what left in it.
    const bool rests = !book->last_signed || at > *book->last_signed + kSigningPause;
    return (rests && !std::exchange(book->resting, true)) || changed;
  }
  ++here.signed_count;
  if (!book->signing_since || std::exchange(book->resting, false)) {
    book->signing_since = at;
    changed = true;
  }
  book->last_signed = std::max(book->last_signed.value_or(at), at);
  return changed;
}

bool Book::on_rest(Instant from, Instant to) {
  if (to - from <= kSigningPause) return false;
  bool changed = false;
  for (auto& [domain, book] : domains_) {
    if (!book.signing_since || *book.signing_since >= to) continue;
    book.signing_since = to;
    changed = true;
  }
  return changed;
}

bool Book::on_logged(std::string_view domain, const PathName& name, std::string_view address,
                     bool is_signed, Instant at) {
  DomainBook* const book = open(domain);
  if (book == nullptr) return false;
  bool changed = false;
  Path& path = path_of(*book, name, at, changed);
  path.last = std::max(path.last, at);
  if (is_signed) {
    const bool did = signs_again(path);
    ++path.signed_count;
    if (path.unsigned_count == 0 || at < path.last_proved) return changed;
    if (!path.signed_from) path.signed_from = at;
    ++path.signed_row;
    return changed || did != signs_again(path);
  }
  changed = changed || path.unsigned_count == 0 || path.signed_from.has_value();
  ++path.unsigned_count;
  path.signed_from.reset();
  path.signed_row = 0;
  const bool newer = !path.last_proved || *path.last_proved < at;
  if (newer) path.last_proved = at;
  if (!path.opened) path.opened = at;
  return add_address(path, address) || changed || newer;
}

bool Book::on_sighting(std::string_view domain, const Sighting& sighting, bool is_settled) {
  DomainBook* const book = open(domain);
  if (book == nullptr) return false;
  bool changed = false;
  Path& path = path_of(*book, sighting.path, sighting.at, changed);
  path.last = std::max(path.last, sighting.at);
  ++path.unsigned_count;
  if (sighting.weight == Weight::Weak && is_settled) return changed;
  if (sighting.weight == Weight::Pair) ++path.pair_count;
  // Against the operator's word speaks only what was seen often enough.
  const bool enough = sighting.weight != Weight::Pair ||
                      (is_young(*book, sighting.at) && !is_settled) ||
                      (path.pair_count >= kPairSightings && path.last >= path.first + kPairSpan);
  if (enough && !path.opened) {
    path.opened = sighting.at;
    changed = true;
  }
  // Whoever knows us can write it: no address is spared for it.
  if (sighting.weight == Weight::Weak) return changed;
  if (enough && (!path.last_proved || *path.last_proved < sighting.sent)) {
    path.last_proved = std::min(sighting.sent, sighting.at);
    changed = true;
  }
  return add_address(path, sighting.address) || changed;
}

bool Book::on_spf(std::string_view domain, SpfFindings findings, Instant at) {
  DomainBook* const book = open(domain);
  if (book == nullptr) return false;
  for (SpfPlace& place : findings.places)
    place.text = clean_path_name(place.text);
  if (findings.places.size() > limits::kSpfPlaces) findings.places.resize(limits::kSpfPlaces);
  if (!findings.fault.empty()) keep_places(book->spf, findings);
  if (book->spf_asked) follow_terms(*book, findings, at);
  const bool changed = !book->spf_asked || book->spf != findings;
  book->spf_asked = at;
  book->spf = std::move(findings);
  return changed;
}

void Book::on_loss(std::string_view domain, Instant at) {
  DomainBook* const book = open(domain);
  if (book == nullptr) return;
  *book = {};
  book->lost = at;
}

}  // namespace backstop::coverage
