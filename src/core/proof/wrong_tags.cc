#include "core/proof/wrong_tags.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"

namespace backstop::proof {
namespace {

constexpr std::chrono::hours kSpan{1};

unsigned find_in(const auto& counts, const auto& network) {
  const auto found = counts.find(network);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

WrongTags::Network WrongTags::network_of(const IpAddress& client) {
  Network network{};
  const bool is_v4 = client.family() == IpAddress::Family::V4;
  network[0] = is_v4 ? 4 : 6;
  std::copy_n(client.bytes().begin(), is_v4 ? 3 : 8, network.begin() + 1);
  return network;
}

void WrongTags::add(const IpAddress& client, Instant now) {
  // A clock that was set back begins anew as well.
  if (now >= begun_ + 2 * kSpan || now < begun_) {
    old_.clear();
    young_.clear();
    begun_ = now;
  } else if (now >= begun_ + kSpan || young_.size() >= limits::kWrongTagNetworks / 2) {
    old_ = std::exchange(young_, {});
    begun_ = now;
  }
  unsigned& count = young_[network_of(client)];
  if (count < limits::kWrongTagsPerHour) ++count;
}

unsigned WrongTags::count(const IpAddress& client, Instant now) const {
  if (now >= begun_ + 2 * kSpan || now < begun_) return 0;
  const Network network = network_of(client);
  return find_in(young_, network) + find_in(old_, network);
}

bool is_searching(unsigned wrong_tags) {
  return wrong_tags >= limits::kWrongTagsPerHour;
}

}  // namespace backstop::proof
