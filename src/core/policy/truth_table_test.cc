// Renders the verdict table so that a person can read it, and holds it to the committed file: what
// does not matter is left out ("*"), and what is judged alike stands in one line.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>

#include "core/policy/every_fact_test.h"

namespace backstop::policy {
namespace {

using proof::ProofResult;
using reading::Kind;

// One column: its name, and its values with what they set.
struct Column {
  std::string_view name;
  std::size_t width;
  std::vector<std::pair<std::string, std::function<void(Facts&)>>> values;
};

template <class Enum, std::size_t N>
Column make_column(std::string_view name, std::size_t width, Enum Facts::* field,
                   const std::array<Enum, N>& values) {
  Column column{.name = name, .width = width, .values = {}};
  for (const Enum value : values)
    column.values.emplace_back(name_of(value), [=](Facts& f) { f.*field = value; });
  return column;
}

// The proofs as one column: the best of them decides, so each result stands for all three.
Column proofs_column() {
  Column column{.name = "proof", .width = 20, .values = {}};
  for (const ProofResult result :
       {ProofResult::Valid, ProofResult::Late, ProofResult::Replayed, ProofResult::Unavailable,
        ProofResult::Invalid, ProofResult::Absent}) {
    column.values.emplace_back(name_of(result), [=](Facts& f) { f.token = result; });
  }
  return column;
}

Column kinds_column() {
  Column column{.name = "kind", .width = 58, .values = {}};
  for (unsigned i = 0; i < reading::kKindCount; ++i) {
    const Kind kind = static_cast<Kind>(i);
    column.values.emplace_back(name_of(kind), [=](Facts& f) { f.kind = kind; });
  }
  return column;
}

std::vector<Column> columns() {
  std::vector<Column> out;
  out.push_back(kinds_column());
  out.push_back(proofs_column());
  out.push_back(make_column("returned", 13, &Facts::returned, kAllReturned));
  out.push_back(make_column("pair", 14, &Facts::pair, kAllPairs));
  out.push_back(make_column("coverage", 14, &Facts::coverage,
                            std::array{Coverage::Covered, Coverage::Partly, Coverage::Unknown}));
  out.push_back(make_column("signing", 35, &Facts::signing, kAllSigning));
  out.push_back(Column{.name = "hint",
                       .width = 4,
                       .values = {{"no", [](Facts& f) { f.hint = false; }},
                                  {"yes", [](Facts& f) { f.hint = true; }}}});
  return out;
}

Decision decide_as(Facts facts, Attack attack, RecipientClass recipient, Standing standing) {
  facts.attack = attack;
  facts.recipient = recipient;
  facts.standing = standing;
  return decide(facts).decision;
}

std::string render_cell(const Facts& facts) {
  const Judgement j = decide(facts);
  const auto as = [&](Attack attack, RecipientClass recipient, Standing standing) {
    return name_of(decide_as(facts, attack, recipient, standing));
  };
  using enum RecipientClass;
  Facts flooded = facts;
  flooded.over_rate = true;
  return fmt::format("| {} {:<15} {:<8} {:<10} {:<10} {:<8} | {:<10} {:<10} {:<10} | {}\n", j.row,
                     name_of(j.verdict), as(Attack::Peace, Ordinary, Standing::Stranger),
                     as(Attack::Fits, Ordinary, Standing::Stranger),
                     name_of(decide_as(flooded, Attack::Fits, Ordinary, Standing::Stranger)),
                     as(Attack::Apart, Ordinary, Standing::Stranger),
                     as(Attack::Peace, Role, Standing::Stranger),
                     as(Attack::Fits, Role, Standing::Stranger),
                     as(Attack::Peace, Ordinary, Standing::Relay), name_of(j.reasons.front()));
}

// The table below one column, values with the same table joined.
std::string render_below(const std::vector<Column>& all, std::size_t index, Facts facts) {
  if (index == all.size()) return render_cell(facts);
  const Column& column = all[index];
  std::vector<std::pair<std::string, std::string>> groups;  // Names; the table below them.
  for (const auto& [name, set] : column.values) {
    set(facts);
    const std::string below = render_below(all, index + 1, facts);
    const auto same = std::ranges::find(groups, below, [](const auto& g) { return g.second; });
    if (same == groups.end()) {
      groups.emplace_back(name, below);
    } else {
      same->first += "," + name;
    }
  }
  std::string out;
  for (const auto& [names, below] : groups) {
    std::istringstream lines(below);
    for (std::string line; std::getline(lines, line);)
      out += fmt::format("{:<{}} {}\n", groups.size() == 1 ? "*" : names, column.width, line);
  }
  return out;
}

// The kinds are told once, above their lines.
std::string render_table() {
  std::vector<Column> all = columns();
  const std::string whole = render_below(all, 0, Facts{.mode = Mode::Enforce});
  std::string out =
      "# The verdict table: what is known of an answer, and what becomes of it in enforce, with "
      "keys\n"
      "# that sign and no action configured. Rendered by the tests of the policy (./do bless "
      "rewrites\n"
      "# it); '*' is any value. \"fits\" is for what fits the run of an attack, \"flooded\" where "
      "the\n"
      "# address has had its share as well, \"apart\" for all else in an attack. The last columns "
      "are\n"
      "# for role addresses in peace and in an attack, and for what a relay of ours hands on. "
      "\"proof\"\n"
      "# is the best of token, ledger and signature; \"replayed\" means that its uses are "
      "exhausted.\n"
      "# In observe, and without a signing key, every quarantine, discard and refuse becomes "
      "mark.\n";
  std::string header;
  for (std::size_t i = 1; i < all.size(); ++i)
    header += fmt::format("{:<{}} ", all[i].name, all[i].width);
  header += fmt::format("| # {:<15} {:<8} {:<10} {:<10} {:<8} | {:<10} {:<10} {:<10} | {}\n",
                        "verdict", "peace", "fits", "flooded", "apart", "role", "role fits",
                        "relay", "first reason");
  std::istringstream lines(whole);
  std::string kinds;
  for (std::string line; std::getline(lines, line);) {
    const auto end = line.find(' ');
    if (const std::string these = line.substr(0, end); these != kinds) {
      kinds = these;
      std::string spaced;
      for (const char c : kinds)
        spaced += c == ',' ? std::string(", ") : std::string(1, c);
      out += fmt::format("\n== {}\n{}", spaced, header);
    }
    out += line.substr(line.find_first_not_of(' ', std::max(end, all[0].width))) + "\n";
  }
  return out;
}

TEST(Policy, TheCommittedTruthTableIsTheOneInForce) {
  const std::string path = "testdata/policy/truth_table.txt";
  const std::string table = render_table();
  if (std::getenv("BACKSTOP_BLESS") != nullptr) std::ofstream(path) << table;
  std::stringstream committed;
  committed << std::ifstream(path).rdbuf();
  EXPECT_EQ(committed.str(), table) << "read the change, then run: ./do bless";
}

}  // namespace
}  // namespace backstop::policy
