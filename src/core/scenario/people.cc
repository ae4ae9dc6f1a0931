#include "core/scenario/people.h"

#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/base/assert.h"

namespace backstop::scenario {
namespace {

constexpr auto kFirstNames = std::to_array<std::string_view>(
    {"Anna",    "Ben",   "Carla",  "David",  "Elena", "Felix",  "Greta",  "Hugo",
     "Ines",    "Jan",   "Karin",  "Luca",   "Maria", "Nils",   "Olga",   "Paul",
     "Quentin", "Rosa",  "Stefan", "Tanja",  "Ugo",   "Vera",   "Walter", "Yuki",
     "Zoe",     "James", "Linda",  "Robert", "Susan", "Michael"});
constexpr auto kLastNames = std::to_array<std::string_view>(
    {"Berg",   "Ott",     "Ruiz",     "Lund",    "Novak",  "Rossi", "Meyer",  "Silva",
     "Dubois", "Jansen",  "Kowalski", "Tanaka",  "Smith",  "Brown", "Wilson", "Taylor",
     "Moreau", "Fischer", "Weber",    "Schulz",  "Keller", "Lopez", "Garcia", "Conti",
     "Sato",   "Petrov",  "Larsen",   "Nielsen", "Visser", "Horvat"});
constexpr auto kWords = std::to_array<std::string_view>(
    {"kontor", "atlas", "river", "linden", "nordic", "vector", "maple", "harbor", "copper",
     "garden", "studio", "bridge", "forest", "silver", "planet", "window"});
// RFC 2142's, and those every site publishes.
constexpr auto kRoles = std::to_array<std::string_view>(
    {"info", "support", "sales", "abuse", "postmaster", "contact", "office", "webmaster"});

template <std::size_t N>
std::string_view pick(const std::array<std::string_view, N>& list, Random& random) {
  return list[static_cast<std::size_t>(random.below(N))];
}

std::string digits(Random& random, std::size_t count) {
  return random.letters(count, "0123456789");
}

}  // namespace

std::string make_person(Random& random) {
  const std::string_view first = pick(kFirstNames, random);
  return std::string(first) + " " + std::string(pick(kLastNames, random));
}

std::string make_local(LocalStyle style, Random& random) {
  const std::string first(pick(kFirstNames, random));
  const std::string last(pick(kLastNames, random));
  switch (style) {
    case LocalStyle::Random:
      return random.letters(6 + static_cast<std::size_t>(random.below(6)),
                            "abcdefghijklmnopqrstuvwxyz0123456789");
    case LocalStyle::FirstnameLastname:
      return first + last;
    case LocalStyle::Dotted:
      return ascii::lower(first) + "." + ascii::lower(last);
    case LocalStyle::WordDigits:
      return std::string(pick(kWords, random)) + digits(random, 3);
  }
  BS_ASSERT(false);
}

std::string make_server(std::uint64_t number) {
  Random random(number * 0x2545f4914f6cdd1d + 1);
  const std::string host = random.chance(0.6) ? "mx" : "mail";
  return host + std::to_string(random.below(4) + 1) + "." + std::string(pick(kWords, random)) +
         std::to_string(number) + ".example";
}

std::string_view domain_of_server(std::string_view server) {
  return server.substr(server.find('.') + 1);
}

std::string make_address(std::uint64_t number) {
  Random random(number ^ 0x5851f42d4c957f2d);
  // 11.0.0.0 to 95.255.255.255: nothing in there is private or reserved.
  return std::to_string(11 + random.below(85)) + "." + std::to_string(random.below(256)) + "." +
         std::to_string(random.below(256)) + "." + std::to_string(1 + random.below(254));
}

Ranks::Ranks(std::uint64_t count, double exponent) {
  BS_ASSERT(count > 0);
  double sum = 0;
  for (std::uint64_t i = 1; i <= count; ++i)
    sums_.push_back(sum += std::pow(static_cast<double>(i), -exponent));
}

std::uint64_t Ranks::pick(double unit) const {
  const auto found = std::ranges::upper_bound(sums_, unit * sums_.back());
  return static_cast<std::uint64_t>(std::min(found, sums_.end() - 1) - sums_.begin());
}

Residents::Residents(const Site& site) {
  domains_.push_back(site.domain);
  for (std::uint64_t i = 2; i <= site.domains; ++i)
    domains_.push_back("d" + std::to_string(i) + "." + site.domain);
  Random random(1);
  for (const std::string_view role : kRoles)
    roles_.emplace_back(role);
  known_.insert(roles_.begin(), roles_.end());
  known_.insert("news");  // Mailings come from there.
  while (users_.size() < site.users) {
    std::string local = make_local(LocalStyle::Dotted, random);
    if (known_.contains(local)) local += std::to_string(users_.size());
    known_.insert(local);
    users_.push_back(std::move(local));
  }
}

bool Residents::exists(std::string_view local) const {
  return local.starts_with("SRS0=") || known_.contains(ascii::lower(local));
}

}  // namespace backstop::scenario
