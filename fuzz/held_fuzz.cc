// Listings of held messages and the book of them: any text is read, and what was read of the book
// is the same again from its text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/held_limits.h"
#include "core/transaction/held_book.h"
#include "edge/mta/exim_held.h"
#include "edge/mta/postfix_held.h"
#include "edge/mta/sendmail_held.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_bounds(const backstop::mta::HeldListing& listing) {
  require(listing.messages.size() <= backstop::limits::kHeldMessages);
  for (const auto& message : listing.messages) {
    require(backstop::mta::is_queue_id(message.queue_id));
    require(message.recipients.size() <= backstop::limits::kHeldRecipients);
    require(message.recipients.size() <= message.recipient_count);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  require_bounds(mta::parse_postqueue(text));
  require(mta::parse_exim_queue(text).entries.size() <= limits::kHeldMessages);
  if (const auto envelope = mta::parse_exim_envelope(text)) {
    require(envelope->message.recipients.size() <= limits::kHeldRecipients);
    require(envelope->header.size() <= size);
    require(text.find(envelope->time) != text.npos);
  }
  if (const auto envelope = mta::parse_sendmail_envelope(text)) {
    require(envelope->message.recipients.size() <= limits::kHeldRecipients);
    require(text.find(envelope->time) != text.npos);
  }
  require(!mta::find_queue_directories(text).empty());
  static_cast<void>(mta::parse_exim_time(text));
  const transaction::HeldBook book = transaction::parse_held_book(text);
  require(transaction::parse_held_book(transaction::render_held_book(book)) == book);
  return 0;
}
