// What the doors have in common where they are asked of addresses, and not of messages.
#pragma once

#include <functional>
#include <string_view>

#include "edge/mta/tag_desk.h"
#include "ports/clock.h"
#include "ports/surroundings.h"
#include "ports/wrong_tags.h"

namespace backstop::mta {

// REQUIRES: all outlive the conversations.
struct AddressWorld {
  const ports::Clock& clock;
  const ports::SurroundingsSource& surroundings;
  ports::WrongTags* wrong_tags = nullptr;       // Null: searches for tags go unnoticed.
  std::function<void(Instant)> on_tagged = {};  // As door::ServerPorts.

  void tagged() const {
    if (on_tagged) on_tagged(clock.now());
  }
};

// find_tag, of a recipient that this client names; a forged tag is counted.  Withheld where the
// client's network has tried too many (proof::is_searching) and the recipient's domain enforces:
// then nothing may be told of what a tag is worth.  `client`: an IP address, or "" unknown.
TagFinding find_tag_for(std::string_view client, std::string_view recipient,
                        const transaction::Surroundings& surroundings, const AddressWorld& world);

}  // namespace backstop::mta
