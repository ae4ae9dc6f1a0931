// The limits of what is kept while a mail server's logs are read for attacks.
#pragma once

#include <cstddef>

namespace backstop::limits {

// Messages that are followed from their arrival to their end; twice as many at the most.
inline constexpr std::size_t kLogReadMessages = 50'000;
// Senders whose mail was taken elsewhere, which explains as many answers; twice as many.
inline constexpr std::size_t kLogReadSenders = 100'000;
// Recipients of one message that are told apart.
inline constexpr std::size_t kLogReadRecipients = 16;
// Domains that are learnt to be ours.
inline constexpr std::size_t kLogReadDomains = 20'000;
// Attacks that are over and are still told of.
inline constexpr std::size_t kLogReadAttacks = 1000;
// Those who got a bounce of our server, and accounts that send, which are counted one by one.
inline constexpr std::size_t kLogReadEmitted = 2000;
inline constexpr std::size_t kLogReadAccounts = 2000;
// Envelope senders of one account that are counted exactly.
inline constexpr std::size_t kLogReadAccountSenders = 64;
// Bytes of one text that is kept.
inline constexpr std::size_t kLogReadTextBytes = 254;

}  // namespace backstop::limits
