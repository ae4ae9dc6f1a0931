// Mailboxes that drown in acknowledgements of tickets: somebody opens them at help desks in their
// name, and what comes is signed by those.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/watch/domain_watch.h"

namespace backstop::watch {

inline constexpr std::size_t kHelpDeskMany = 20;
inline constexpr Second kHelpDeskSpan = 600;

struct Mailbox {
  std::string local;
  std::string domain;
  RecentTimes<kHelpDeskMany> times;
  RecentNames<32> clients;
  std::unique_ptr<Standing> alarm;
};

class MailboxWatch {
 public:
  // Counts one; what rule it broke, if any.  `hash`: of the address.
  std::optional<Burst> on_acknowledgement(Second at, std::uint64_t hash, std::string_view local,
                                          std::string_view domain, std::uint64_t client);
  Mailbox& at(std::uint64_t hash) { return mailboxes_.at(hash); }
  // Takes off what has been silent for long, and hands out what was alarming.
  std::vector<Mailbox> take_over(Second now);
  const std::unordered_map<std::uint64_t, Mailbox>& all() const { return mailboxes_; }
  void restore(std::uint64_t hash, Mailbox mailbox) {
    mailboxes_.insert_or_assign(hash, std::move(mailbox));
  }

 private:
  void make_room();

  std::unordered_map<std::uint64_t, Mailbox> mailboxes_;
};

}  // namespace backstop::watch
