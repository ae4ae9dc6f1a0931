#include "core/transaction/sender_tag.h"

#include <algorithm>

namespace backstop::transaction {
namespace {

bool is_listed(const std::vector<std::string>& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

bool is_exempt(const mail::Address& recipient, const config::Config& config,
               const TagExemptDomains* learnt) {
  const std::string domain = mail::canonical_domain(recipient.domain);
  return is_listed(config.tags.exempt_domains, domain) ||
         (learnt != nullptr && learnt->contains(domain));
}

}  // namespace

std::optional<mail::Address> tag_sender(const TagRequest& request, const config::Config& config,
                                        const TagExemptDomains* learnt, const proof::Key& key,
                                        Instant submitted) {
  const mail::Address& sender = request.sender;
  const config::Domain* const domain = config.find_domain(mail::canonical_domain(sender.domain));
  if (domain == nullptr || !domain->tag) return std::nullopt;
  if (request.asks_for_receipt || !request.knows_all_recipients) return std::nullopt;
  if (proof::find_tag_obstacle(sender) != proof::TagObstacle::None) return std::nullopt;
  // The bounce addresses of lists: the list server checks what comes back there.
  if (policy::classify_recipient(sender.local) == policy::RecipientClass::Rewritten)
    return std::nullopt;
  if (!config.tags.exempt_senders.empty() &&
      is_listed(config.tags.exempt_senders, mail::canonical(sender)))
    return std::nullopt;
  const bool exempt = std::ranges::any_of(request.recipients, [&](const mail::Address& recipient) {
    return is_exempt(recipient, config, learnt);
  });
  if (exempt) return std::nullopt;
  return proof::sign_tag(sender, key, submitted, config.lifetime,
                         {.style = *domain->tag, .delimiter = config.tags.delimiter});
}

std::optional<ChangeSender> make_sender_change(const TagRequest& request,
                                               const mail::Address& envelope,
                                               const config::Config& config,
                                               const TagExemptDomains* learnt,
                                               const proof::Key& key, Instant submitted,
                                               const std::string& token) {
  const bool arrived_tagged = envelope != request.sender;
  auto tagged = arrived_tagged ? std::nullopt : tag_sender(request, config, learnt, key, submitted);
  const auto* const domain = config.find_domain(mail::canonical_domain(request.sender.domain));
  const bool named = domain != nullptr && domain->envid && !token.empty();
  if (!tagged && !named) return std::nullopt;
  return ChangeSender{.sender = tagged ? *std::move(tagged) : envelope,
                      .envelope_id = named ? token : std::string()};
}

}  // namespace backstop::transaction
