// The configuration and keys in force: one snapshot, swapped whole on reload.
#pragma once

#include "core/transaction/transaction.h"

namespace backstop::ports {

// Any thread; cheap enough to ask for every message.
class SurroundingsSource {
 public:
  virtual ~SurroundingsSource() = default;
  virtual transaction::Surroundings current() const = 0;
};

}  // namespace backstop::ports
