// How many wrong tags came from a client's network of late: 24 bits can be searched for where every
// guess is answered.
//
// Memory is bounded by limits::kWrongTagNetworks; what is forgotten for want of it begins anew.
// Pure; not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "core/base/ip.h"
#include "core/base/time.h"

namespace backstop::proof {

class WrongTags {
 public:
  // One more from `client`.
  void add(const IpAddress& client, Instant now);
  // Those of its network, /24 or /64, within the last hour and up to an hour before.
  unsigned count(const IpAddress& client, Instant now) const;

 private:
  using Network = std::array<std::uint8_t, 9>;
  using Counts = std::map<Network, unsigned>;

  static Network network_of(const IpAddress& client);

  // Those of the running hour and of the one before.
  Counts young_;
  Counts old_;
  Instant begun_{};  // Of the young ones.
};

// True when a network has tried so many that its next one is not answered.
bool is_searching(unsigned wrong_tags);

}  // namespace backstop::proof
