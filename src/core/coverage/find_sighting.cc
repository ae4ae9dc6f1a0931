#include "core/coverage/find_sighting.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/coverage/name_paths.h"
#include "core/coverage/networks.h"
#include "core/proof/missing.h"

namespace backstop::coverage {
namespace {

using proof::ProofResult;

// It gave back enough to have carried our token, and has none; what the ledger knows passed here.
bool lacks_token(const policy::Facts& facts) {
  return reading::form_of(facts.kind) == reading::KindForm::Returning &&
         facts.returned == policy::ReturnedShape::Enough && is_missing(facts.token) &&
         is_missing(facts.ledger) && is_missing(facts.tag) &&
         facts.signing == policy::SigningAge::Signed && facts.keys == policy::Keys::Signing &&
         facts.standing != policy::Standing::NeverJudge &&
         facts.standing != policy::Standing::UntaggedValid;
}

// When the original was sent, as far as it says; never after it came back.
Instant sent_at(const reading::Returned& returned, Instant at) {
  if (returned.date) return std::min(*returned.date, at);
  for (auto hop = returned.hops.rbegin(); hop != returned.hops.rend(); ++hop)
    if (hop->date) return std::min(*hop->date, at);
  return at;
}

// The term of the SPF record that some hop's client came by, others' before our own.
const SpfPlace* find_place(const reading::Returned& returned, const std::vector<SpfPlace>& places) {
  for (const SpfPlace& place : places) {
    const bool passed = std::ranges::any_of(returned.hops, [&](const reading::Hop& hop) {
      return hop.from_ip && contain(place.networks, *hop.from_ip);
    });
    if (passed && !place.is_own) return &place;
  }
  return nullptr;
}

// One of our hosts that took it in, and handed it to the outside from an address of ours: a name in
// a Received line alone is anybody's.
std::string find_own_host(const reading::Returned& returned, const std::vector<SpfPlace>& places,
                          const OwnPlaces& own) {
  bool left_us = false;
  for (const reading::Hop& hop : returned.hops) {
    const bool ours = std::ranges::any_of(
        own.names, [&](const std::string& name) { return ascii::equals_folded(name, hop.by); });
    if (ours && left_us) return clean_path_name(hop.by);
    left_us =
        left_us || (hop.from_ip && (contain(own.networks, *hop.from_ip) ||
                                    std::ranges::any_of(places, [&](const SpfPlace& place) {
                                      return place.is_own && contain(place.networks, *hop.from_ip);
                                    })));
  }
  return "";
}

}  // namespace

std::optional<Sighting> find_sighting(const Observed& observed, std::optional<Instant> since,
                                      const std::vector<SpfPlace>& places, const OwnPlaces& own) {
  const auto facts = std::ranges::find_if(observed.facts, lacks_token);
  if (facts == observed.facts.end()) return std::nullopt;
  const reading::Returned& returned = observed.reading.returned;
  Sighting out{.path = {},
               .address = "",
               .at = observed.at,
               .sent = sent_at(returned, observed.at),
               .weight = Weight::Weak};
  if (!since || out.sent < *since) return std::nullopt;
  const bool is_signed = facts->dkim == ProofResult::Valid || facts->signature_hint;
  if (is_signed && observed.signature && observed.signature->domain == observed.domain) {
    out.weight = Weight::Strong;
    out.path = {PathKind::Selector, clean_path_name(observed.signature->selector)};
    return out;
  }
  const bool is_known = facts->pair != policy::Pair::Absent;
  if (is_known) out.weight = Weight::Pair;
  if (const SpfPlace* const place = find_place(returned, places)) {
    out.path = {PathKind::Spf, place->text};
    return out;
  }
  if (std::string host = find_own_host(returned, places, own); !host.empty()) {
    out.path = {PathKind::Relay, std::move(host)};
    return out;
  }
  if (!is_known) return std::nullopt;
  // The text names it, now that something else says that there is a path; but a signature that is
  // not right is nobody's.
  auto names = name_paths(observed.reading, observed.domain);
  std::erase_if(names, [](const PathName& name) { return name.kind == PathKind::Selector; });
  out.path = names.empty() ? PathName{PathKind::Relay, "?"} : names.front();
  return out;
}

}  // namespace backstop::coverage
