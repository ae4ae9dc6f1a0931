// All that can be known of an answer, for the tests of the verdict table.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "core/policy/policy.h"

namespace backstop::policy {

struct Proofs {
  proof::ProofResult token = proof::ProofResult::Absent;
  proof::ProofResult ledger = proof::ProofResult::Absent;
  proof::ProofResult dkim = proof::ProofResult::Absent;
  proof::ProofResult tag = proof::ProofResult::Absent;
};

template <class Enum, unsigned Count>
constexpr std::array<Enum, Count> all_of() {
  std::array<Enum, Count> out{};
  for (unsigned i = 0; i < Count; ++i)
    out[i] = static_cast<Enum>(i);
  return out;
}

inline constexpr auto kAllReturned = all_of<ReturnedShape, 3>();
inline constexpr auto kAllResults = all_of<proof::ProofResult, 6>();
inline constexpr auto kAllPairs = all_of<Pair, 3>();
inline constexpr auto kAllSigning = all_of<SigningAge, 4>();
inline constexpr auto kAllCoverage = all_of<Coverage, 3>();
inline constexpr auto kAllRecipients = all_of<RecipientClass, 3>();
inline constexpr auto kAllStandings = all_of<Standing, 4>();
inline constexpr auto kAllAttacks = all_of<Attack, 3>();
inline constexpr auto kAllKeys = all_of<Keys, 3>();
inline constexpr auto kAllModes = all_of<Mode, 3>();
inline constexpr auto kAllDecisions = all_of<Decision, 5>();

// Every token with every ledger result; every signature and every tag with neither.
inline std::vector<Proofs> all_proofs() {
  std::vector<Proofs> out;
  for (const auto token : kAllResults)
    for (const auto ledger : kAllResults)
      out.push_back({.token = token, .ledger = ledger});
  for (const auto dkim : kAllResults)
    out.push_back({.dkim = dkim});
  for (const auto tag : kAllResults)
    out.push_back({.tag = tag});
  return out;
}

using FactsVisit = std::function<void(const Facts&)>;

// With keys that sign, in enforce, and no action configured.
inline void visit_facts(reading::Kind kind, const FactsVisit& visit) {
  Facts f;
  f.kind = kind;
  f.mode = Mode::Enforce;
  static const std::vector<Proofs> kProofs = all_proofs();
  for (const Proofs& proofs : kProofs) {
    f.token = proofs.token;
    f.ledger = proofs.ledger;
    f.dkim = proofs.dkim;
    f.tag = proofs.tag;
    for (const auto returned : kAllReturned)
      for (const auto pair : kAllPairs)
        for (const bool hint : {false, true})
          for (const auto signing : kAllSigning)
            for (const auto coverage : kAllCoverage)
              for (const auto recipient : kAllRecipients)
                for (const auto standing : kAllStandings)
                  for (const auto attack : kAllAttacks)
                    for (const bool flag : {false, true}) {
                      f.returned = returned;
                      f.pair = pair;
                      f.hint = hint;
                      f.signing = signing;
                      f.coverage = coverage;
                      f.recipient = recipient;
                      f.standing = standing;
                      f.attack = attack;
                      // The two never meet in one cell: one matters to relays, one to what is
                      // unproven in an attack.
                      f.relay_discards = flag;
                      f.over_rate = flag;
                      visit(f);
                    }
  }
}

inline void visit_facts(const FactsVisit& visit) {
  for (unsigned i = 0; i < reading::kKindCount; ++i)
    visit_facts(static_cast<reading::Kind>(i), visit);
}

inline std::string join(const std::vector<Reason>& reasons) {
  std::string out;
  for (const Reason reason : reasons) {
    if (!out.empty()) out += ",";
    out += name_of(reason);
  }
  return out;
}

}  // namespace backstop::policy
