#include "edge/mta/address_world.h"

#include "core/proof/wrong_tags.h"
#include "core/transaction/origin.h"

namespace backstop::mta {

TagFinding find_tag_for(std::string_view client, std::string_view recipient,
                        const transaction::Surroundings& surroundings, const AddressWorld& world) {
  const Instant now = world.clock.now();
  TagFinding found = find_tag(recipient, surroundings, now);
  const auto address = IpAddress::parse(client);
  // Our refusal would make a server of ours bounce, and what it passes on is not its own search.
  if (address && transaction::is_server_of_ours(*surroundings.config, *address)) {
    if (found.state == TagState::Forged) return {};
    return found;
  }
  if (world.wrong_tags == nullptr || !address || found.state == TagState::None) return found;
  if (found.state == TagState::Forged) world.wrong_tags->add(*address, now);
  const bool searching = proof::is_searching(world.wrong_tags->count(*address, now));
  if (searching && refuses_forged_tag(recipient, surroundings))
    return {.state = TagState::Withheld, .plain = {}};
  return found;
}

}  // namespace backstop::mta
