// What the ledger remembers of the mail we sent, and what it is asked: keyed hashes and numbers,
// never an address or a Message-ID.  Values only; who keeps them is behind ports/ledger.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/crypto/hmac.h"
#include "core/crypto/secret.h"
#include "core/mail/address.h"
#include "core/proof/token.h"

namespace backstop::proof {

// 63 bits of HMAC-SHA256 under a secret of the ring, as SQLite's row ids are signed.  Whoever has
// the database alone can neither read an address out of it nor find one in it.
using SentKey = std::uint64_t;

// How long a sent message is kept as a row, and afterwards as a fingerprint that can only say
// `late`: two weeks and one more for a slow backup server; a bounce after a quarter is nobody's.
inline constexpr Days kLedgerRowDays{21};
inline constexpr Days kLedgerFingerprintDays{100};

// Makes the keys.  One per ring; any thread.
class SentHasher {
 public:
  // `ring_secret`: of the ring; it never rotates, so keys stay comparable for the ring's life.
  explicit SentHasher(const crypto::Secret& ring_secret);

  SentKey message(std::string_view message_id) const;  // Without brackets; case is kept.
  SentKey nonce(const Nonce& nonce) const;             // The message a token stands for.
  SentKey queue_id(std::string_view id) const;
  SentKey signature(std::span<const std::uint8_t> value) const;  // The bytes of a DKIM b=.
  SentKey address(const mail::Address& address) const;
  SentKey text(std::string_view anything) const;  // An account's login, a foreign Message-ID.
  // Our address, and whom it wrote to.
  SentKey pair(const mail::Address& ours, const mail::Address& party) const;
  // A message of ours, by its Message-ID, and whom it went to.
  SentKey recipient(SentKey message, const mail::Address& recipient) const;
  // Counters of uses (core/proof/use_count.h): `what` names the counter.
  SentKey counter(char what, SentKey first, SentKey second = 0, std::uint64_t third = 0) const;

 private:
  SentKey hash(char domain, std::string_view text) const;
  crypto::HmacSha256 mac_;
};

// One message that went out.
struct SentMessage {
  Instant sent{};
  std::optional<SentKey> message;   // Of its Message-ID.
  std::optional<SentKey> queue_id;  // The server's, where it was known.
  SentKey sender = 0;
  SentKey account = 0;  // Whose rows these are: the login, else the sender.
  // Of SentHasher::pair, and where somebody reads the feed of SentHasher::recipient: for each
  // recipient, of at most limits::kTransactionRecipients.
  std::vector<SentKey> pairs;
  std::uint32_t recipient_count = 0;
  std::uint32_t header_bytes = 0;
  bool is_list = false;  // It carries a List-* field.
};

// What is known of a message by its Message-ID or queue id.
struct SentEntry {
  bool late = false;  // Only its fingerprint is left; nothing below is known then.
  Instant sent{};
  std::uint32_t recipient_count = 0;
  bool is_list = false;
  bool same_sender = false;  // Sent by one of LedgerQuery::addressees.
};

// At most limits::kLedgerQueryKeys keys of each sort; more are not looked at.
struct LedgerQuery {
  std::vector<SentKey> messages;   // Of Message-IDs that are returned or referred to.
  std::vector<SentKey> queue_ids;  // Of Received lines of ours in the returned header.
  // (an address it came back to, a party that failed or answers); of SentHasher::recipient too.
  std::vector<SentKey> pairs;
  std::vector<SentKey> counters;    // Whose counts are wanted.
  std::vector<SentKey> addressees;  // Of SentHasher::address.
};

// Each list is in the order of the query's.
struct LedgerAnswer {
  std::vector<std::optional<SentEntry>> messages;
  std::vector<std::optional<SentEntry>> queue_ids;
  std::vector<std::optional<Instant>> pairs;  // When it last wrote there.
  std::vector<std::uint32_t> counters;
  std::uint32_t largest_header_bytes = 0;  // Of what was sent in kLedgerRowDays; 0: nothing was.
  // The ledger was lost and begun anew at that time: for a lifetime from it a miss says nothing.
  std::optional<Instant> lost_at;
};

// Counters to be raised by one, kept for as long as what was sent at `since` is known.
struct Uses {
  Instant since{};
  std::vector<SentKey> counters;
};

}  // namespace backstop::proof
