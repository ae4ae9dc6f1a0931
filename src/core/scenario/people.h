// Addresses of people who do not exist: of the guarded site, of those it writes to, and those that
// somebody makes up in its name.
//
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/scenario/random.h"
#include "core/scenario/scenario.h"

namespace backstop::scenario {

// "Anna Berg".
std::string make_person(Random& random);
// The local part of an address that nobody has, in that style.
std::string make_local(LocalStyle style, Random& random);
// "mx2.kontor381.example", the name of a mail server; the same for the same number.
std::string make_server(std::uint64_t number);
// Its domain: "kontor381.example".
std::string_view domain_of_server(std::string_view server);
// An address of the open internet; the same for the same number.
std::string make_address(std::uint64_t number);

// One of `count`, the first ones more often: the weight of the nth is 1 / n^exponent (Zipf's law).
class Ranks {
 public:
  // REQUIRES: count > 0.
  Ranks(std::uint64_t count, double exponent);
  std::uint64_t pick(double unit) const;

 private:
  std::vector<double> sums_;
};

// The addresses of the guarded site.
class Residents {
 public:
  explicit Residents(const Site& site);

  // Of domain 0, 1 and so on.
  const std::vector<std::string>& domains() const { return domains_; }
  const std::vector<std::string>& users() const { return users_; }  // Local parts.
  const std::vector<std::string>& roles() const { return roles_; }  // Local parts.
  // Whether it is taken at RCPT: a user, a role, a rewritten sender of ours.
  bool exists(std::string_view local) const;

 private:
  std::vector<std::string> domains_;
  std::vector<std::string> users_;
  std::vector<std::string> roles_;
  std::unordered_set<std::string> known_;
};

}  // namespace backstop::scenario
