// What is remembered of a message on its way out, gathered from its envelope and header.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/address.h"
#include "core/proof/sent.h"
#include "core/transaction/events.h"

namespace backstop::transaction {

class OutgoingMessage {
 public:
  void on_field(std::string_view name, std::string_view raw);

  // Of the From field; null when there is none.
  const mail::Address& header_from() const { return header_from_; }
  bool has_token() const { return has_token_; }
  // It has a Disposition-Notification-To (RFC 8098 §2.1).
  bool asks_for_receipt() const { return asks_for_receipt_; }
  // "" when it has none; then one is made (RFC 6409 §8.3), so that answers can name it.
  const std::string& message_id() const { return message_id_; }
  // "<text@domain>", unguessable by the permit's nonce.  It is the message's from now on.
  std::string make_message_id(const mail::Address& sender, Instant issued,
                              const proof::Nonce& nonce);

  // What the ledger is to know.  `sender`: the one it is signed under; `account`: the login, or "".
  // A From of ours that differs has pairs of its own: auto-replies go there.
  // `keeps_recipients`: each is to be found by the message, too.
  proof::SentMessage make_record(const proof::SentHasher& hasher, const mail::Address& sender,
                                 const std::vector<mail::Address>& recipients,
                                 std::string_view account, std::string_view queue_id,
                                 bool from_is_ours, bool keeps_recipients, Instant now) const;

 private:
  mail::Address header_from_;
  std::string message_id_;
  std::uint32_t header_bytes_ = 0;
  bool is_list_ = false;
  bool has_token_ = false;
  bool asks_for_receipt_ = false;
};

}  // namespace backstop::transaction
