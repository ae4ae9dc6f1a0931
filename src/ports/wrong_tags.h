// Wrong tags of recipients, counted by client for all doors together.
#pragma once

#include "core/base/ip.h"
#include "core/base/time.h"

namespace backstop::ports {

// As proof::WrongTags.  Any thread; never waits for a disk.
class WrongTags {
 public:
  virtual ~WrongTags() = default;
  virtual void add(const IpAddress& client, Instant now) = 0;
  virtual unsigned count(const IpAddress& client, Instant now) const = 0;
};

}  // namespace backstop::ports
