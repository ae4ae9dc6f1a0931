#include "edge/mailbox/message_place.h"

#include "core/mail/from_line.h"

namespace backstop::mailbox {

MessagePlace place_of(const Batch& batch, const BatchMessage& message) {
  MessagePlace place{.source = batch.sources[message.source],
                     .offset = std::nullopt,
                     .envelope_sender = std::nullopt};
  if (message.number > 0) {
    place.source += "#" + std::to_string(message.number);
    place.offset = message.offset;
  }
  const std::string_view sender = mail::from_line_sender(message.from_line);
  if (!sender.empty()) place.envelope_sender = std::string(sender);
  return place;
}

}  // namespace backstop::mailbox
