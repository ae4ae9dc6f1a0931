#include "edge/mta/tag_desk.h"

#include <algorithm>
#include <vector>

#include "core/proof/tag.h"
#include "core/transaction/sender_tag.h"

namespace backstop::mta {
namespace {

// Queues give a message up after five days (RFC 5321 §4.5.4.1); operators set them to a month.
constexpr Days kLongestInQueue{31};

const config::Domain* find_domain(const mail::Address& address,
                                  const transaction::Surroundings& surroundings) {
  return surroundings.config->find_domain(mail::canonical_domain(address.domain));
}

Instant submitted_on(std::optional<std::uint32_t> day, Instant now) {
  const Instant today = std::chrono::floor<Days>(now);
  if (!day) return now;
  const Instant submitted{Days{*day}};
  return submitted >= today || submitted < today - kLongestInQueue ? now : submitted;
}

}  // namespace

TagFinding find_tag(std::string_view address, const transaction::Surroundings& surroundings,
                    Instant now) {
  const auto recipient = mail::parse_path(address);
  if (!recipient || recipient->is_null() || find_domain(*recipient, surroundings) == nullptr)
    return {};
  if (surroundings.ring == nullptr) {
    const proof::TaggedAddress split = proof::split_tag(*recipient);
    return {.state = proof::is_draft_tag(split.tag) ? TagState::KeysAway : TagState::None,
            .plain = {}};
  }
  const proof::TagCheck check =
      proof::check_tag(*recipient, *surroundings.ring, now, surroundings.config->lifetime);
  switch (check.result) {
    case proof::ProofResult::Valid:
      return {.state = TagState::Authentic, .plain = check.plain};
    case proof::ProofResult::Late:
      return {.state = TagState::Late, .plain = check.plain};
    case proof::ProofResult::Invalid:
      return {.state = TagState::Forged, .plain = {}};
    default:
      return {};
  }
}

bool refuses_forged_tag(std::string_view address, const transaction::Surroundings& surroundings) {
  const auto recipient = mail::parse_path(address);
  if (!recipient || surroundings.observes_only) return false;
  const config::Domain* const domain = find_domain(*recipient, surroundings);
  if (domain == nullptr || !domain->tag) return false;
  const bool key_signs = surroundings.ring != nullptr && surroundings.ring->emitting() != nullptr;
  return key_signs &&
         surroundings.config->mode_of(proof::split_tag(*recipient).plain) == policy::Mode::Enforce;
}

bool may_be_tagged(std::string_view sender, const transaction::Surroundings& surroundings) {
  const auto address = mail::parse_path(sender);
  if (!address || proof::find_tag_obstacle(*address) != proof::TagObstacle::None) return false;
  const config::Domain* const domain = find_domain(*address, surroundings);
  return domain != nullptr && domain->tag.has_value();
}

std::optional<std::string> make_tag(std::string_view sender, std::optional<std::uint32_t> day,
                                    std::string_view recipient_domain,
                                    const transaction::SigningPermit& permit,
                                    const transaction::Surroundings& surroundings, Instant now) {
  const auto address = mail::parse_path(sender);
  if (!address || permit.ring == nullptr) return std::nullopt;
  const proof::Key* const key = permit.ring->find(permit.key);
  if (key == nullptr) return std::nullopt;
  std::vector<mail::Address> recipients;
  if (!recipient_domain.empty())
    recipients.push_back({.local = "postmaster", .domain = std::string(recipient_domain)});
  const auto tagged =
      transaction::tag_sender({.sender = *address, .recipients = recipients}, *surroundings.config,
                              surroundings.tag_exempt.get(), *key, submitted_on(day, now));
  if (!tagged) return std::nullopt;
  return tagged->text();
}

}  // namespace backstop::mta
