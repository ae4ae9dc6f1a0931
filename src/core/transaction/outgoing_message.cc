#include "core/transaction/outgoing_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/base/ascii.h"
#include "core/base/base32.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"

namespace backstop::transaction {

void OutgoingMessage::on_field(std::string_view name, std::string_view raw) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max() / 2;
  const std::size_t bytes = name.size() + raw.size() + 3;  // ":" and the line's end.
  header_bytes_ = static_cast<std::uint32_t>(std::min(header_bytes_ + bytes, kMost));
  if (header_from_.is_null() && ascii::equals_folded(name, "From")) {
    auto addresses = mail::parse_address_list(raw, 1);
    if (!addresses.empty()) header_from_ = std::move(addresses.front());
  } else if (message_id_.empty() && ascii::equals_folded(name, "Message-ID")) {
    auto ids = mail::parse_message_ids(raw, 1);
    if (!ids.empty()) message_id_ = std::move(ids.front());
  } else if (ascii::starts_with_folded(name, "List-")) {
    is_list_ = true;
  } else if (ascii::equals_folded(name, proof::kTokenField)) {
    has_token_ = true;
  } else if (ascii::equals_folded(name, "Disposition-Notification-To")) {
    asks_for_receipt_ = true;
  }
}

std::string OutgoingMessage::make_message_id(const mail::Address& sender, Instant issued,
                                             const proof::Nonce& nonce) {
  message_id_ = fmt::format("{:x}.{}@{}", issued.time_since_epoch().count(), encode_base32(nonce),
                            mail::canonical_domain(sender.domain));
  return "<" + message_id_ + ">";
}

proof::SentMessage OutgoingMessage::make_record(const proof::SentHasher& hasher,
                                                const mail::Address& sender,
                                                const std::vector<mail::Address>& recipients,
                                                std::string_view account, std::string_view queue_id,
                                                bool from_is_ours, bool keeps_recipients,
                                                Instant now) const {
  proof::SentMessage out;
  out.sent = now;
  if (!message_id_.empty()) out.message = hasher.message(message_id_);
  if (!queue_id.empty()) out.queue_id = hasher.queue_id(queue_id);
  out.sender = hasher.address(sender);
  out.account = account.empty() ? out.sender : hasher.text(account);
  out.recipient_count = static_cast<std::uint32_t>(recipients.size());
  out.header_bytes = header_bytes_;
  out.is_list = is_list_;
  const bool second_sender =
      from_is_ours && mail::canonical(header_from_) != mail::canonical(sender);
  for (const mail::Address& recipient : recipients) {
    if (out.pairs.size() >= limits::kTransactionRecipients) break;
    out.pairs.push_back(hasher.pair(sender, recipient));
    if (second_sender && out.pairs.size() < limits::kTransactionRecipients)
      out.pairs.push_back(hasher.pair(header_from_, recipient));
  }
  if (!keeps_recipients || !out.message) return out;
  for (std::size_t i = 0; i < std::min(recipients.size(), limits::kTransactionRecipients); ++i)
    out.pairs.push_back(hasher.recipient(*out.message, recipients[i]));
  return out;
}

}  // namespace backstop::transaction
