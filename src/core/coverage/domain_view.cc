#include "core/coverage/domain_view.h"

#include <algorithm>
#include <iterator>

#include "core/mail/address.h"

namespace backstop::coverage {
namespace {

// As far as what was seen tells.
PathState state_of(const PathName& name, const Path& path) {
  if (name.kind == PathKind::Here) return PathState::Signs;
  if (!is_logged(name.kind)) return PathState::Unconfirmed;
  return path.unsigned_count == 0 || signs_again(path) ? PathState::Signs : PathState::Unsigned;
}

PathView view_of(const PathName& name, const Path& path) {
  PathView out;
  out.name = name;
  out.state = state_of(name, path);
  out.first = path.first;
  out.last = path.last;
  out.signed_count = path.signed_count;
  out.unsigned_count = path.unsigned_count;
  out.addresses = path.addresses;
  out.more = path.more;
  out.is_open = out.state != PathState::Signs && path.opened.has_value();
  out.is_weak = !path.last_proved.has_value();
  return out;
}

// What the operator's word makes of it.  Mail is known to have left unsigned after the word of the
// moment `last_proved`.
void apply(const Said& said, std::optional<Instant> last_proved, PathView& view) {
  view.said = said;
  switch (said.word) {
    case Word::None:
    case Word::Later:
      return;
    case Word::NotOurs:
      view.state = PathState::Foreign;
      view.is_open = false;
      return;
    case Word::Signs:
      view.is_contradicted =
          last_proved && *last_proved > said.at && view.state != PathState::Signs;
      view.state = view.is_contradicted ? PathState::Unsigned : PathState::Signs;
      view.is_open = view.is_contradicted;
      return;
    case Word::Ours:
      break;
  }
  if (view.state == PathState::Signs) return;  // It did meanwhile.
  std::vector<std::string> all;
  std::ranges::set_union(view.addresses, said.addresses, std::back_inserter(all));
  view.addresses = std::move(all);
  view.state = PathState::Unsigned;
  view.needs_addresses = view.addresses.empty() && !view.more;
  view.is_open = view.needs_addresses;
}

Wholeness find_wholeness(const DomainBook* book, const DomainWords* words,
                         std::optional<Instant> lost) {
  if (book != nullptr && book->lost) lost = std::max(lost.value_or(*book->lost), *book->lost);
  if (words != nullptr && words->whole && (!lost || *words->whole > *lost)) return Wholeness::Said;
  if (lost) return Wholeness::Lost;
  if (book == nullptr || !book->spf_asked) return Wholeness::NotAsked;
  if (!book->spf.fault.empty()) return Wholeness::Broken;
  if (!book->spf.has_record) return Wholeness::NoRecord;
  return book->spf.all == '-' || book->spf.all == '~' ? Wholeness::Spf : Wholeness::OpenEnded;
}

// Terms of the SPF record that let others send, beside the paths that were seen.
void add_places(const SpfFindings& spf, std::map<PathName, PathView>& views) {
  for (const SpfPlace& place : spf.places) {
    if (place.is_own) continue;
    PathView& view = views[PathName{PathKind::Spf, place.text}];
    view.name = {PathKind::Spf, place.text};
    view.is_open = true;
    view.is_weak = false;
  }
}

policy::Coverage find_domain_coverage(const DomainView& view) {
  using policy::Coverage;
  const bool signs = std::ranges::any_of(view.paths, [](const PathView& path) {
    return path.name.kind == PathKind::Here && path.signed_count > 0;
  });
  const bool open = std::ranges::any_of(
      view.paths, [](const PathView& path) { return path.is_open && !path.is_weak; });
  // By a path of ours that nobody keeps apart any address may leave unsigned.
  const bool any_address = std::ranges::any_of(view.paths, [](const PathView& path) {
    return path.state == PathState::Unsigned && path.more;
  });
  if (signs && !open && !any_address && is_whole(view.wholeness)) return Coverage::Covered;
  const bool seen = std::ranges::any_of(view.paths, [](const PathView& path) {
    return (path.is_open && !path.is_weak && path.unsigned_count > 0) || path.needs_addresses;
  });
  return seen || any_address ? Coverage::Partly : Coverage::Unknown;
}

// Since when all is signed: what left before a path began to sign may still come back without.
std::optional<Instant> find_signing_since(const DomainBook& book,
                                          const std::map<PathName, PathView>& views) {
  std::optional<Instant> since = book.resting ? std::nullopt : book.signing_since;
  if (!since) return since;
  for (const auto& [name, path] : book.paths) {
    const PathView& view = views.at(name);
    if (name.kind == PathKind::Here || view.state != PathState::Signs || !path.opened) continue;
    if (view.said.word != Word::Signs) since = std::max(*since, path.signed_from.value_or(*since));
  }
  for (const auto& [name, view] : views) {
    if (view.said.word != Word::Signs || view.state != PathState::Signs || is_logged(name.kind))
      continue;
    since = std::max(*since, view.said.at);
    // The word is of the way as it was when it was said: one that comes back may be another.
    const auto began = book.spf_since.find(name.name);
    if (name.kind == PathKind::Spf && began != book.spf_since.end())
      since = std::max(*since, began->second);
  }
  // Of a way that nobody spoke of, what left by it unsigned may come back when it is gone.
  for (const auto& [term, left] : book.spf_left) {
    const auto view = views.find({PathKind::Spf, term});
    const Word word = view == views.end() ? Word::None : view->second.said.word;
    if (word == Word::None || word == Word::Later) since = std::max(*since, left);
  }
  return since;
}

}  // namespace

std::string_view name_of(PathState state) {
  switch (state) {
    case PathState::Signs:
      return "signs";
    case PathState::Unsigned:
      return "unsigned";
    case PathState::Unconfirmed:
      return "unconfirmed";
    case PathState::Foreign:
      break;
  }
  return "not-ours";
}

bool is_whole(Wholeness wholeness) {
  return wholeness == Wholeness::Said || wholeness == Wholeness::Spf;
}

DomainView find_coverage(std::string_view domain, const DomainBook* book, const DomainWords* words,
                         std::optional<Instant> lost) {
  DomainView out;
  out.domain = domain;
  out.wholeness = find_wholeness(book, words, lost);
  if (words != nullptr) out.whole_said = words->whole;
  std::map<PathName, PathView> views;
  if (book != nullptr) {
    out.spf_asked = book->spf_asked;
    out.spf_fault = book->spf.fault;
    for (const auto& [name, path] : book->paths)
      views[name] = view_of(name, path);
    add_places(book->spf, views);
  }
  if (words != nullptr) {
    for (const auto& [name, said] : words->said) {
      PathView& view = views[name];
      view.name = name;
      const auto seen =
          book == nullptr ? std::map<PathName, Path>::const_iterator() : book->paths.find(name);
      const bool is_seen = book != nullptr && seen != book->paths.end();
      apply(said, is_seen ? seen->second.last_proved : std::nullopt, view);
    }
  }
  if (book != nullptr) out.signing_since = find_signing_since(*book, views);
  for (const bool open : {true, false}) {
    for (const auto& [name, view] : views)
      if (view.is_open == open) out.paths.push_back(view);
  }
  out.coverage = find_domain_coverage(out);
  return out;
}

policy::Coverage coverage_of(const DomainView& view, std::string_view address) {
  CoverageList list;
  list.add(view);
  return list.coverage(view.domain, address);
}

void CoverageList::add(const DomainView& view) {
  Entry& entry = domains_[view.domain];
  entry.coverage = view.coverage;
  entry.signing_since = view.signing_since;
  for (const PathView& path : view.paths) {
    if (path.state != PathState::Unsigned && path.state != PathState::Unconfirmed) continue;
    if (path.state == PathState::Unsigned || path.is_open)
      entry.partly.insert(path.addresses.begin(), path.addresses.end());
  }
}

policy::Coverage CoverageList::coverage(std::string_view domain, std::string_view address) const {
  const auto found = domains_.find(domain);
  if (found == domains_.end()) return policy::Coverage::Unknown;
  return found->second.partly.contains(address) ? policy::Coverage::Partly : found->second.coverage;
}

std::optional<Instant> CoverageList::signing_since(std::string_view domain) const {
  const auto found = domains_.find(domain);
  return found == domains_.end() ? std::nullopt : found->second.signing_since;
}

policy::Coverage coverage_in_force(const config::Domain& domain, const CoverageList* list,
                                   const mail::Address& address) {
  if (domain.says_coverage() || list == nullptr) return domain.coverage;
  const policy::Coverage learnt = list->coverage(domain.name, mail::canonical(address));
  // Force takes what nobody knows for covered; what is known to leave unsigned stays spared.
  const bool forced = domain.forced_until && learnt == policy::Coverage::Unknown;
  return forced ? policy::Coverage::Covered : learnt;
}

std::optional<Instant> signing_since_in_force(const config::Domain& domain,
                                              const CoverageList* list) {
  if (domain.signing_since || list == nullptr) return domain.signing_since;
  return list->signing_since(domain.name);
}

config::Domain domain_in_force(const config::Domain& domain, const DomainView& view) {
  config::Domain out = domain;
  if (!domain.says_coverage()) out.coverage = view.coverage;
  if (!domain.signing_since) out.signing_since = view.signing_since;
  return out;
}

}  // namespace backstop::coverage
