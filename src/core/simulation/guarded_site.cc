#include "core/simulation/guarded_site.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/scenario/people.h"
#include "core/scenario/random.h"

namespace backstop::simulation {
namespace {

constexpr Days kSigningBefore{60};
constexpr Days kKeyLasts{400};

std::shared_ptr<const config::Config> make_config(const scenario::Scenario& scenario) {
  config::Config out;
  out.authserv_id = "mail." + scenario.site.domain;
  // Somebody reads the feed, so that the ledger remembers each recipient.
  out.feed.file = "feed";
  const scenario::Residents residents(scenario.site);
  for (const std::string& name : residents.domains()) {
    out.domains[name] = {
        .name = name,
        .mode = scenario.site.enforces ? policy::Mode::Enforce : policy::Mode::Observe,
        .sends_mail = scenario.site.sends_mail};
  }
  return std::make_shared<const config::Config>(std::move(out));
}

// As it stands when an operator has looked at it: every way is known.
std::shared_ptr<const coverage::CoverageList> make_coverage(const scenario::Scenario& scenario,
                                                            const config::Config& config) {
  auto out = std::make_shared<coverage::CoverageList>();
  for (const auto& [name, domain] : config.domains) {
    coverage::DomainView view;
    view.domain = name;
    view.coverage = policy::Coverage::Covered;
    view.signing_since = scenario.begins - kSigningBefore;
    view.wholeness = coverage::Wholeness::Said;
    view.paths.push_back(
        {.name = {coverage::PathKind::Service, "submission"}, .state = coverage::PathState::Signs});
    if (!scenario.site.service.empty()) {
      view.paths.push_back({.name = {coverage::PathKind::MessageId, scenario.site.service},
                            .state = coverage::PathState::Unsigned,
                            .addresses = {"news@" + name}});
    }
    out->add(view);
  }
  return out;
}

crypto::Secret make_secret(std::uint64_t seed) {
  scenario::Random random(seed);
  std::array<std::uint8_t, proof::kSecretBytes> bytes{};
  for (std::uint8_t& byte : bytes)
    byte = static_cast<std::uint8_t>(random.next());
  return crypto::Secret(bytes);
}

// The next field of a header block, taken off it.
transaction::HeaderField take_field(std::string_view& header) {
  std::size_t end = header.find("\r\n");
  while (end + 2 < header.size() && (header[end + 2] == ' ' || header[end + 2] == '\t'))
    end = header.find("\r\n", end + 2);
  const std::string_view field = header.substr(0, end);
  header.remove_prefix(std::min(end + 2, header.size()));
  const std::size_t colon = std::min(field.find(':'), field.size());
  return {.name = field.substr(0, colon), .raw = field.substr(std::min(colon + 1, field.size()))};
}

void note(const transaction::Effect& effect, Passed& passed) {
  if (const auto* record = std::get_if<transaction::Record>(&effect)) {
    passed.record = *record;
  } else if (const auto* field = std::get_if<transaction::InsertField>(&effect)) {
    // Each goes on top of those before.
    passed.inserted = field->name + ": " + field->value + "\r\n" + passed.inserted;
  } else if (std::holds_alternative<transaction::Hold>(effect)) {
    passed.held = true;
  } else if (const auto* reply = std::get_if<transaction::Reply>(&effect)) {
    passed.refused = passed.refused || reply->kind == transaction::ReplyKind::Refuse;
    passed.discarded = passed.discarded || reply->kind == transaction::ReplyKind::Discard;
  }
}

}  // namespace

GuardedSite::GuardedSite(const scenario::Scenario& scenario, std::uint64_t seed)
    : config_(make_config(scenario)), coverage_(make_coverage(scenario, *config_)), seed_(seed) {
  keys_.push_back({.id = 1,
                   .state = proof::KeyState::Emitting,
                   .created = scenario.begins - kSigningBefore,
                   .emits_until = scenario.begins + kKeyLasts});
  make_ring();
}

void GuardedSite::make_ring() {
  std::vector<std::shared_ptr<const proof::Key>> keys;
  for (const proof::KeyInfo& info : keys_)
    keys.push_back(std::make_shared<const proof::Key>(info, make_secret(seed_ + info.id)));
  ring_ = std::make_shared<const proof::KeyRing>(make_secret(seed_), std::move(keys));
  hasher_ = std::make_shared<const proof::SentHasher>(ring_->ring_secret());
}

void GuardedSite::change_key(Instant now) {
  if (keys_.size() >= limits::kKeysPerRing) return;
  keys_.back().state = proof::KeyState::Waiting;
  keys_.back().emits_until = now;
  keys_.push_back({.id = static_cast<proof::KeyId>(keys_.size() + 1),
                   .state = proof::KeyState::Emitting,
                   .created = now,
                   .emits_until = now + kKeyLasts});
  make_ring();
}

transaction::Answer GuardedSite::answer(const transaction::Effect& question, Instant now) {
  if (const auto* ledger = std::get_if<transaction::AskLedger>(&question))
    return memory_.look_up(ledger->query, now);
  transaction::SigningPermit permit{
      .ring = ring_, .key = ring_->emitting()->info().id, .nonce = {}};
  ++nonces_;
  for (std::size_t i = 0; i < permit.nonce.size(); ++i)
    permit.nonce[i] = static_cast<std::uint8_t>(nonces_ >> (8 * i));
  return permit;
}

Passed GuardedSite::pass(const scenario::Letter& letter, Instant now) {
  Passed out;
  transaction::Transaction message(
      {.config = config_, .ring = ring_, .hasher = hasher_, .coverage = coverage_},
      {.address = IpAddress::parse(letter.client),
       .name = letter.client_name,
       .daemon_name = "",
       .server_name = config_->authserv_id});
  transaction::Effects effects;
  const auto tell = [&](const transaction::Event& event) {
    effects.clear();
    message.on(event, now, effects);
    while (true) {
      for (const transaction::Effect& effect : effects) {
        note(effect, out);
        if (const auto* sent = std::get_if<transaction::RecordSent>(&effect))
          memory_.record(sent->message);
        if (const auto* uses = std::get_if<transaction::CountUses>(&effect))
          memory_.count(uses->uses);
      }
      if (!message.waiting()) return;
      const transaction::Event answered = transaction::Answered{answer(effects.back(), now)};
      effects.clear();
      message.on(answered, now, effects);
    }
  };
  tell(transaction::MailFrom{.sender = letter.sender, .authenticated = letter.login});
  tell(transaction::RcptTo{.recipient = letter.recipient});
  if (out.refused) {
    // Its only recipient.
    out.refused = false;
    out.refused_rcpt = true;
    return out;
  }
  std::string_view header = letter.header;
  while (!header.empty() && !message.finished())
    tell(take_field(header));
  tell(transaction::EndOfHeaders{});
  if (!message.finished()) tell(transaction::BodyChunk{letter.body});
  tell(transaction::EndOfMessage{letter.queue_id});
  return out;
}

}  // namespace backstop::simulation
