// Made-up traffic for the tests of this folder.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "core/watch/watch.h"

namespace backstop::watch {

inline const Instant kMonday = parse_instant("2026-11-16T00:00:00Z").value();

inline IpAddress make_client(unsigned n) {
  return IpAddress::parse(fmt::format("198.{}.{}.{}", n >> 16U & 255U, n >> 8U & 255U, n & 255U))
      .value();
}

// Clients of different sites.
inline IpAddress make_site(unsigned n) {
  return make_client(n * 256 + 1);
}

inline Event make_bounce(Instant at, unsigned client) {
  return Event{.at = at,
               .what = Seen::Refused,
               .client = make_client(client),
               .null_sender = true,
               .local = "alice",
               .domain = "example.com"};
}

struct Told {
  std::vector<Change> changes;

  const Change* find(Change::What what, std::optional<AttackKind> kind = {}) const {
    for (const Change& change : changes) {
      if (change.what == what && (!kind || change.kind == *kind)) return &change;
    }
    return nullptr;
  }
  const Change* raised(AttackKind kind) const { return find(Change::What::AlarmRaised, kind); }
  void take(Watch& watch, Instant now) {
    for (Change& change : watch.poll(now))
      changes.push_back(std::move(change));
  }
};

}  // namespace backstop::watch
