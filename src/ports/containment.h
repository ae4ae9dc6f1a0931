// What is kept out while a run lasts, over all doors together: samples of what is refused, deeds of
// temporary rules, and how much unproven mail an address got.
#pragma once

#include <memory>
#include <string_view>

#include "core/base/time.h"
#include "core/mail/address.h"
#include "core/transaction/effects.h"

namespace backstop::ports {

// Any thread; never waits for a disk.
class Containment {
 public:
  virtual ~Containment() = default;
  // Room to gather one more message that may be refused, taken until what is returned is dropped.
  // Null: there is none, since as many are gathered as may be, or enough were kept of late.
  virtual std::shared_ptr<const void> find_room(Instant now) = 0;
  // `queue_id`: the server's, or one of ours.  False when there was no room for it after all.
  virtual bool keep(transaction::KeepSample sample, std::string_view queue_id, Instant now) = 0;
  virtual void count(const transaction::CountRule& deed, Instant now) = 0;
  virtual void add_unproven(const mail::Address& recipient, Instant now) = 0;
  // It got as much within this hour as it may; never where nothing is configured.
  virtual bool is_over_rate(const mail::Address& recipient, Instant now) const = 0;
};

}  // namespace backstop::ports
