#include "core/proof/tag.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/base32.h"
#include "core/base/limits.h"
#include "core/crypto/hmac_sha1.h"

namespace backstop::proof {
namespace {

// The day of expiry goes round after so many.
constexpr int kDayRound = 1000;
constexpr std::size_t kKeyAndDay = 4;
constexpr std::size_t kMacBytes = 3;

using TagMac = std::array<std::uint8_t, kMacBytes>;

int days_of(Seconds lifetime) {
  return static_cast<int>(std::chrono::ceil<Days>(lifetime).count());
}

std::chrono::sys_days day_of(Instant instant) {
  return std::chrono::floor<Days>(instant);
}

int round_day(std::chrono::sys_days day) {
  return static_cast<int>(day.time_since_epoch().count() % kDayRound);
}

// What the draft calls original-mailfrom, as it stands between the brackets of MAIL.
std::string quoted_local(std::string_view local) {
  return mail::Address{std::string(local), ""}.text();
}

// The spelling under which we sign: servers on the way may change case, and the script of a domain.
std::string signed_spelling(const mail::Address& address) {
  const std::string canonical = mail::canonical(address);
  const std::size_t at = canonical.rfind('@');
  BS_ASSERT(at != std::string::npos);
  return quoted_local(std::string_view(canonical).substr(0, at)) + canonical.substr(at);
}

// Other implementations sign what they see; the way here may have changed the domain's case alone.
std::vector<std::string> spellings_of(const mail::Address& plain) {
  std::vector<std::string> out{signed_spelling(plain)};
  const std::string local = quoted_local(plain.local);
  for (std::string text : {local + "@" + plain.domain, local + "@" + ascii::lower(plain.domain)})
    if (std::ranges::find(out, text) == out.end()) out.push_back(std::move(text));
  return out;
}

TagMac mac_of(const Key& key, std::string_view key_and_day, std::string_view spelling) {
  std::vector<std::uint8_t> message(key_and_day.begin(), key_and_day.end());
  message.insert(message.end(), spelling.begin(), spelling.end());
  const crypto::Sha1Mac mac = key.tag_mac().compute(message);
  TagMac out{};
  std::copy_n(mac.begin(), out.size(), out.begin());
  return out;
}

// The key that made the tag.  Null when none did; `known` tells whether any could have.
const Key* find_signer(std::string_view tag, const mail::Address& plain, const KeyRing& ring,
                       bool& known) {
  const auto mac = decode_hex(tag.substr(kKeyAndDay));
  BS_ASSERT(mac.has_value());
  const auto digit = static_cast<unsigned>(tag.front() - '0');
  std::vector<std::string> spellings;
  std::size_t tried = 0;
  known = false;
  const auto& keys = ring.keys();
  for (auto key = keys.rbegin(); key != keys.rend() && tried < limits::kTagKeys; ++key) {
    if (tag_digit_of((*key)->info().id) != digit) continue;
    known = true;
    ++tried;
    if (spellings.empty()) spellings = spellings_of(plain);
    for (const std::string& spelling : spellings) {
      if (crypto::constant_time_equal(*mac, mac_of(**key, tag.substr(0, kKeyAndDay), spelling)))
        return key->get();
    }
  }
  return nullptr;
}

int expiry_of(std::string_view tag) {
  return (tag[1] - '0') * 100 + (tag[2] - '0') * 10 + (tag[3] - '0');
}

}  // namespace

std::string_view name_of(TagObstacle obstacle) {
  switch (obstacle) {
    case TagObstacle::None:
      return "none";
    case TagObstacle::NoAddress:
      return "no-address";
    case TagObstacle::Tagged:
      return "tagged";
    case TagObstacle::Rewritten:
      return "rewritten";
    case TagObstacle::TooLong:
      return "too-long";
  }
  return "";
}

TagObstacle find_tag_obstacle(const mail::Address& sender) {
  if (sender.local.empty() || sender.domain.empty()) return TagObstacle::NoAddress;
  if (bears_tag_mark(sender.local)) return TagObstacle::Tagged;
  if (is_rewritten_sender(sender.local)) return TagObstacle::Rewritten;
  // Quotes count: they are octets of the command.
  if (quoted_local(sender.local).size() + kTagOctets > kLocalPartOctets)
    return TagObstacle::TooLong;
  return TagObstacle::None;
}

mail::Address sign_tag(const mail::Address& sender, const Key& key, Instant submitted,
                       Seconds lifetime, TagForm form) {
  BS_ASSERT(find_tag_obstacle(sender) == TagObstacle::None);
  const int expiry = round_day(day_of(submitted) + Days{days_of(lifetime)});
  const std::string key_and_day = fmt::format("{}{:03}", tag_digit_of(key.info().id), expiry);
  const std::string tag =
      key_and_day + encode_hex(mac_of(key, key_and_day, signed_spelling(sender)));
  if (form.style == TagStyle::SubAddress)
    return {fmt::format("{}{}prvs={}", sender.local, form.delimiter, tag), sender.domain};
  return {fmt::format("prvs={}={}", tag, sender.local), sender.domain};
}

TagCheck check_tag(const mail::Address& recipient, const KeyRing& ring, Instant now,
                   Seconds lifetime) {
  TaggedAddress split = split_tag(recipient);
  TagCheck check;
  check.dialect = split.dialect;
  check.plain = std::move(split.plain);
  const bool could_be_ours = check.dialect == TagDialect::Prvs ||
                             check.dialect == TagDialect::UserFirst ||
                             check.dialect == TagDialect::SubAddress;
  if (!could_be_ours || !is_draft_tag(split.tag) || check.plain.domain.empty()) return check;
  bool known = false;
  const Key* const key = find_signer(split.tag, check.plain, ring, known);
  if (key == nullptr) {
    // A key nobody knows is another system's, or made up: were it more, its digit would buy doubt.
    check.result = known ? ProofResult::Invalid : ProofResult::Absent;
    return check;
  }
  check.key = key->info().id;
  const int days = days_of(lifetime);
  const int ahead = (expiry_of(split.tag) - round_day(day_of(now)) + kDayRound) % kDayRound;
  const bool in_date = ahead <= days + kTagSkew.count();
  // By the other reading it was made before its key, unless somebody gave it a longer lifetime.
  const Instant earliest = key->info().created - kTagSkew;
  const Instant if_old = day_of(now) + Days{ahead - kDayRound - days};
  check.may_be_young =
      !in_date && ahead <= (kLongestLifetime + kTagSkew).count() && if_old + Days{1} < earliest;
  check.submitted = day_of(now) + Days{(in_date ? ahead : ahead - kDayRound) - days};
  const auto verifies_until = key->info().verifies_until(lifetime);
  const bool key_is_over = verifies_until && now > *verifies_until;
  check.result = in_date && !key_is_over ? ProofResult::Valid : ProofResult::Late;
  return check;
}

std::optional<mail::Address> unsign_tag(const mail::Address& recipient, const KeyRing& ring) {
  TagCheck check = check_tag(recipient, ring, Instant{}, kDefaultLifetime);
  if (!check.authentic()) return std::nullopt;
  return std::move(check.plain);
}

unsigned tag_digit_of(KeyId id) {
  return id % 10U;
}

}  // namespace backstop::proof
