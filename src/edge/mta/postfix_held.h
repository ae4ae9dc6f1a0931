// Postfix's hold queue, by its own programs: postqueue, postcat, postsuper.
#pragma once

#include <string>
#include <string_view>

#include "edge/mta/held_queue.h"
#include "edge/mta/postfix.h"

namespace backstop::mta {

// What `postqueue -j` prints (JSON Lines, postqueue(1)): those of the queue "hold".  Total.
HeldListing parse_postqueue(std::string_view text);

class PostfixHeld final : public HeldQueue {
 public:
  explicit PostfixHeld(Postfix postfix) : postfix_(std::move(postfix)) {}

  std::string_view server() const override { return "Postfix"; }
  Result<HeldListing> list() override;
  Result<HeldText> read_header(const std::string& queue_id) override;
  Result<HeldText> read_message(const std::string& queue_id) override;
  // A message that has spent half of its time in the queue is queued anew (postsuper -r): else the
  // first delivery that has to wait would return it to its sender.
  Result<void> release(const HeldMessage& message, Instant now) override;
  Result<void> drop(const HeldMessage& message) override;

 private:
  Result<HeldText> print(const std::string& queue_id, const char* what);
  // postsuper with these words; it must say that it did it to one message.
  Result<void> change(const std::string& option, const std::string& queue_id);
  Result<Seconds> lifetime() const;

  Postfix postfix_;
};

}  // namespace backstop::mta
