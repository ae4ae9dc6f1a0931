#include "edge/mta/address_world.h"

#include "core/proof/wrong_tags.h"

namespace backstop::mta {

TagFinding find_tag_for(std::string_view client, std::string_view recipient,
                        const transaction::Surroundings& surroundings, const AddressWorld& world) {
  const Instant now = world.clock.now();
  TagFinding found = find_tag(recipient, surroundings, now);
  const auto address = IpAddress::parse(client);
  if (world.wrong_tags == nullptr || !address || found.state == TagState::None) return found;
  if (found.state == TagState::Forged) world.wrong_tags->add(*address, now);
  const bool searching = proof::is_searching(world.wrong_tags->count(*address, now));
  if (searching && refuses_forged_tag(recipient, surroundings))
    return {.state = TagState::Withheld, .plain = {}};
  return found;
}

}  // namespace backstop::mta
