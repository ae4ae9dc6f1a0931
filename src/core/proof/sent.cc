#include "core/proof/sent.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/assert.h"

namespace backstop::proof {
namespace {

// The ledger's key is derived, so that neither it nor the ring's check can stand in for the other.
crypto::Secret derive(const crypto::Secret& ring_secret) {
  static constexpr std::string_view kLabel = "backstop ledger 1";
  const crypto::HmacSha256 mac(ring_secret);
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(kLabel.data());
  crypto::Sha256Mac derived = mac.compute({bytes, kLabel.size()});
  crypto::Secret secret{std::span<const std::uint8_t>(derived)};
  crypto::wipe(derived);
  return secret;
}

void append_number(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((number >> shift) & 0xff));
}

}  // namespace

SentHasher::SentHasher(const crypto::Secret& ring_secret) : mac_(derive(ring_secret)) {}

SentKey SentHasher::hash(char domain, std::string_view text) const {
  const auto label = static_cast<std::uint8_t>(domain);
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const crypto::Sha256Mac mac =
      mac_.compute({&label, 1}, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  SentKey key = 0;
  for (std::size_t i = 0; i < 8; ++i)
    key = (key << 8) | mac[i];
  return key >> 1;
}

SentKey SentHasher::message(std::string_view message_id) const {
  return hash('m', message_id);
}
SentKey SentHasher::nonce(const Nonce& nonce) const {
  return hash('n', {reinterpret_cast<const char*>(nonce.data()), nonce.size()});
}
SentKey SentHasher::queue_id(std::string_view id) const {
  return hash('q', id);
}
SentKey SentHasher::signature(std::span<const std::uint8_t> value) const {
  return hash('d', {reinterpret_cast<const char*>(value.data()), value.size()});
}
SentKey SentHasher::address(const mail::Address& address) const {
  return hash('a', mail::canonical(address));
}
SentKey SentHasher::text(std::string_view anything) const {
  return hash('t', anything);
}
SentKey SentHasher::pair(const mail::Address& ours, const mail::Address& party) const {
  // NUL stands in no address, so no two pairs are written alike.
  return hash('p', mail::canonical(ours) + '\0' + mail::canonical(party));
}
SentKey SentHasher::recipient(SentKey message, const mail::Address& recipient) const {
  std::string text;
  append_number(text, message);
  return hash('r', text + mail::canonical(recipient));
}
SentKey SentHasher::counter(char what, SentKey first, SentKey second, std::uint64_t third) const {
  std::string text(1, what);
  append_number(text, first);
  append_number(text, second);
  append_number(text, third);
  return hash('c', text);
}

}  // namespace backstop::proof
