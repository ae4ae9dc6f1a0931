// What a mode means before it is set: what happens to each sort of mail.
#pragma once

#include <string>
#include <vector>

#include "core/config/config.h"

namespace backstop::app {

// One line of the card.
struct Consequence {
  std::string name;  // "forged"
  std::string what;  // What such mail is.
  policy::Decision decision = policy::Decision::Accept;
  std::string then;  // What is done to it, in words.
};

// As the verdict table decides in peace, for an address that is covered and signs.
std::vector<Consequence> consequences_of(policy::Mode mode);

}  // namespace backstop::app
