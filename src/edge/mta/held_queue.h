// What a mail server holds back in its queue until somebody decides: Postfix's hold queue,
// Sendmail's quarantine, Exim's frozen messages.  Whoever held it: which of it is ours is told by
// what we remember (app/held_messages.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace backstop::mta {

// One message as the server's own listing has it.  All text is foreign.
struct HeldMessage {
  std::string queue_id;  // is_queue_id() holds.
  Instant arrived{};
  std::uint64_t bytes = 0;
  std::string sender;                   // "" for the null sender.
  std::vector<std::string> recipients;  // At most limits::kHeldRecipients.
  std::size_t recipient_count = 0;
};

struct HeldListing {
  std::vector<HeldMessage> messages;  // At most limits::kHeldMessages.
  std::size_t unreadable = 0;         // Entries that could not be understood.
  bool cut = false;                   // There are more.
};

struct HeldText {
  std::string text;
  bool cut = false;  // It goes on.
};

// An id that may stand on the command line of a server's programs: letters, digits and inner
// hyphens, 5 to 40 of them, so that it is no option and no word such as "ALL".
bool is_queue_id(std::string_view text);

// One thread.  Errors of every function, besides those named: Errc::Denied (root is needed),
// Errc::Unavailable (the server's programs fail or do not end), with a sentence.
class HeldQueue {
 public:
  virtual ~HeldQueue() = default;

  virtual std::string_view server() const = 0;  // "Postfix"

  virtual Result<HeldListing> list() = 0;
  // The header of a held message, or all of it, as it was taken in: at most
  // limits::kHeldTextBytes.  Errors: Errc::NotFound when the server has no such message any more.
  virtual Result<HeldText> read_header(const std::string& queue_id) = 0;
  virtual Result<HeldText> read_message(const std::string& queue_id) = 0;
  // Gives it back to the server, which begins to deliver it at once and with its whole lifetime
  // ahead; nobody judges it again.  `message` is of list().  Errors: Errc::NotFound when it is not
  // held any more.
  virtual Result<void> release(const HeldMessage& message, Instant now) = 0;
  // Takes it out for good.  Nobody is told: no bounce, to nobody.  Errors: as release().
  virtual Result<void> drop(const HeldMessage& message) = 0;

 protected:
  HeldQueue() = default;
  HeldQueue(const HeldQueue&) = default;
  HeldQueue& operator=(const HeldQueue&) = default;
};

// The queue of the mail server below `root`, "/" or a tree.  Errors: Errc::NotFound where there is
// none that we know.
Result<std::unique_ptr<HeldQueue>> open_held_queue(const std::string& root);

}  // namespace backstop::mta
