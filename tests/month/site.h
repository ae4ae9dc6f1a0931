// The domains of a played month, and the ways in which their mail leaves: what is true of them,
// which only the player knows.
#pragma once

#include <string>
#include <vector>

#include "core/base/time.h"
#include "sim/random.h"

namespace backstop::month {

// One way in which mail of a domain leaves unsigned, since it does not pass our server.
struct Bypass {
  std::string name;                  // "phone"
  std::string host;                  // Of the server it leaves by.
  std::string client;                // Its address.
  std::string id_domain;             // Right-hand side of its Message-IDs.
  std::vector<std::string> senders;  // Local parts that use it.
  double mails_a_week = 0;
  bool returns_to_from = false;  // Its envelope sender is its own: only some come back to us.
};

struct Site {
  std::string domain;
  std::vector<std::string> people;  // Local parts.
  double mails_a_week = 0;          // That pass our server.
  std::vector<Bypass> bypasses;
  double forwards_a_week = 0;  // By SRS, to an address that may fail.
  std::string spf;             // The text of its record; "" when it has none.
  bool operator_looks = true;  // Somebody answers what `coverage` asks.
  double forged_a_day = 0;
};

// Two people who send 140 messages a week, one of them from a phone through the provider as well,
// a newsletter by a service, one forward with SRS.
Site make_small_site();

// `count` domains of one hosting provider: most of them with everything behind our server, some
// with a shop, a phone or a newsletter elsewhere, some without a usable SPF record, some whose
// owner never looks.
std::vector<Site> make_provider(sim::Random& random, std::size_t count);

}  // namespace backstop::month
