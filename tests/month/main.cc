// month [--seed N] [--domains N] [--days N]: exit code 1 when anything did not come out as it must.
#include <fmt/format.h>
#include <stdlib.h>

#include <charconv>
#include <filesystem>
#include <string_view>

#include "month/player.h"

namespace backstop::month {
namespace {

struct Plan {
  std::uint64_t seed = 1;
  std::size_t domains = 200;
  int days = 35;
};

unsigned g_wrong = 0;

void expect(bool holds, const std::string& what) {
  if (holds) return;
  ++g_wrong;
  fmt::print("WRONG: {}\n", what);
}

std::string make_directory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "month-XXXXXX").string();
  return mkdtemp(pattern.data()) == nullptr ? std::string() : pattern;
}

void judge(const Player& player, const Fate& fate) {
  const std::string& domain = fate.site.domain;
  expect(fate.genuine_lost == 0,
         fmt::format("{} lost {} genuine answers", domain, fate.genuine_lost));
  expect(fate.found_all_first, fmt::format("{} could enforce before its list was whole", domain));
  if (fate.enforced_from) return;
  // What nobody confirms stays in the way however long one waits.
  const bool waits_only = [&] {
    for (const app::Unmet& each : player.unmet(domain))
      if (!each.until) return false;
    return true;
  }();
  if (!waits_only)
    expect(!player.unmet(domain, Days{4000}).empty(),
           domain + " would become enforceable by waiting");
}

void print(const Fate& fate) {
  std::string ways;
  for (const Bypass& bypass : fate.site.bypasses)
    ways +=
        fmt::format(" {}{}", bypass.name, fate.found.contains(bypass.name) ? "" : " (not found)");
  fmt::print(
      "{:<12} {:<22} genuine {:>4} ({:>4} in enforce), lost {}; forged {:>5}, refused {:>5};{}\n",
      fate.site.domain,
      fate.enforced_from ? "enforces " + render_instant(*fate.enforced_from).substr(0, 10)
                         : "observes",
      fate.genuine, fate.genuine_enforced, fate.genuine_lost, fate.forged, fate.forged_refused,
      ways);
}

int run(const Plan& plan) {
  const std::string directory = make_directory();
  if (directory.empty()) return 2;
  sim::Random random(plan.seed);
  std::vector<Site> sites = make_provider(random, plan.domains);
  sites.insert(sites.begin(), make_small_site());
  Player player(std::move(sites), directory, plan.seed);
  player.play(Days{plan.days});

  Fate all;
  unsigned enforcing = 0;
  unsigned hidden = 0;
  for (const Fate& fate : player.fates()) {
    judge(player, fate);
    all.genuine += fate.genuine;
    all.genuine_enforced += fate.genuine_enforced;
    all.genuine_lost += fate.genuine_lost;
    all.forged += fate.forged;
    all.forged_refused += fate.forged_refused;
    enforcing += fate.enforced_from ? 1U : 0U;
    for (const Bypass& bypass : fate.site.bypasses)
      hidden += fate.found.contains(bypass.name) ? 0U : 1U;
  }
  const Fate& small = player.fates().front();
  print(small);
  expect(small.enforced_from.has_value(), "the small site never came to enforce");
  expect(small.found.size() == small.site.bypasses.size(),
         "the small site's ways were not all found");
  expect(small.genuine_enforced > 0 && small.forged_refused > 0,
         "the small site was not tried in enforce");
  expect(plan.domains < 50 || enforcing > plan.domains / 3, "hardly any domain came to enforce");
  fmt::print(
      "{} domains, {} days from seed {}: {} enforce; {} ways not found, none of a domain that "
      "enforces; "
      "genuine lost {} of {} ({} in enforce); forged refused {} of {} that returned enough\n",
      plan.domains + 1, plan.days, plan.seed, enforcing, hidden, all.genuine_lost, all.genuine,
      all.genuine_enforced, all.forged_refused, all.forged);
  std::filesystem::remove_all(directory);
  return g_wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace backstop::month

int main(int argc, char** argv) {
  backstop::month::Plan plan;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || number > 100'000) {
      fmt::print(stderr, "month [--seed N] [--domains N] [--days N]\n");
      return 2;
    }
    if (option == "--seed") plan.seed = number;
    if (option == "--domains") plan.domains = number;
    if (option == "--days") plan.days = static_cast<int>(number);
  }
  return backstop::month::run(plan);
}
