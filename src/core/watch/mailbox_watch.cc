#include "core/watch/mailbox_watch.h"

#include <algorithm>

#include "core/base/watch_limits.h"

namespace backstop::watch {

// The half that was quiet the longest; alarms stay as long as any other.
void MailboxWatch::make_room() {
  if (mailboxes_.size() < limits::kWatchMailboxes) return;
  std::vector<Second> lasts;
  lasts.reserve(mailboxes_.size());
  for (const auto& [hash, mailbox] : mailboxes_)
    lasts.push_back(mailbox.times.nth_last(1));
  const auto middle = lasts.begin() + static_cast<std::ptrdiff_t>(lasts.size() / 2);
  std::nth_element(lasts.begin(), middle, lasts.end());
  const Second last = *middle;
  std::erase_if(mailboxes_, [&](const auto& one) {
    return one.second.alarm == nullptr && one.second.times.nth_last(1) <= last;
  });
  // All of them alarming: as good as none can be told from the others any more.
  if (mailboxes_.size() >= limits::kWatchMailboxes) mailboxes_.erase(mailboxes_.begin());
}

std::optional<Burst> MailboxWatch::on_acknowledgement(Second at, std::uint64_t hash,
                                                      std::string_view local,
                                                      std::string_view domain,
                                                      std::uint64_t client) {
  auto found = mailboxes_.find(hash);
  if (found == mailboxes_.end()) {
    make_room();
    found = mailboxes_.try_emplace(hash).first;
    found->second.local.assign(local.substr(0, limits::kWatchTextBytes));
    found->second.domain.assign(domain);
  }
  Mailbox& mailbox = found->second;
  mailbox.times.add(at);
  mailbox.clients.add(client, at);
  const Second from = before(at, kHelpDeskSpan);
  const bool is_broken = mailbox.times.nth_last(kHelpDeskMany) >= std::max<Second>(from, 1);
  if (mailbox.alarm != nullptr) {
    Standing& alarm = *mailbox.alarm;
    ++alarm.count;
    alarm.last = at;
    alarm.clients.add(client);
    if (is_broken) alarm.loud = at;
    return std::nullopt;
  }
  if (!is_broken) return std::nullopt;
  return Burst{.count = kHelpDeskMany,
               .clients = mailbox.clients.count_since(from),
               .first = mailbox.times.nth_last(kHelpDeskMany)};
}

std::vector<Mailbox> MailboxWatch::take_over(Second now) {
  std::vector<Mailbox> out;
  for (auto one = mailboxes_.begin(); one != mailboxes_.end();) {
    const Standing* const alarm = one->second.alarm.get();
    const bool is_over = alarm != nullptr && now >= alarm->loud + kOtherQuietFor;
    if (is_over) out.push_back(std::move(one->second));
    one = is_over ? mailboxes_.erase(one) : std::next(one);
  }
  return out;
}

}  // namespace backstop::watch
