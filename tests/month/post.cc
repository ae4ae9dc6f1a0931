#include "month/post.h"

#include "core/play/standard_ring.h"

namespace backstop::month {

Post::Post(config::Config config, const std::string& directory, Instant now)
    : config_(std::make_shared<const config::Config>(std::move(config))),
      ring_(play::standard_ring(play::StageKeys::Standard)),
      hasher_(std::make_shared<const proof::SentHasher>(ring_->ring_secret())),
      watch_(std::make_unique<app::CoverageWatch>(directory, *this, alarms_, log_, now)) {}

void Post::set_config(config::Config config) {
  config_.store(std::make_shared<const config::Config>(std::move(config)));
}

transaction::Surroundings Post::current() const {
  transaction::Surroundings out{.config = config_.load(), .ring = ring_, .hasher = hasher_};
  // The watch asks while it is made.
  if (watch_ != nullptr) out.coverage = watch_->list();
  return out;
}

Result<transaction::Answer> Post::answer(const transaction::Effect& question, Instant now) {
  if (const auto* ledger = std::get_if<transaction::AskLedger>(&question)) {
    auto found = ledger_.look_up(ledger->query, now);
    if (!found) return tl::unexpected(found.error());
    return transaction::Answer(*std::move(found));
  }
  if (std::holds_alternative<transaction::AskDkimKey>(question))
    return fail(Errc::NotFound, "", "no such key");
  transaction::SigningPermit permit{.ring = ring_, .key = ring_->emitting()->info().id};
  ++nonces_;
  for (std::size_t i = 0; i < permit.nonce.size(); ++i)
    permit.nonce[i] = static_cast<std::uint8_t>(nonces_ >> (8 * i));
  return transaction::Answer(permit);
}

Passed Post::pass(const sim::Letter& letter, Instant now) {
  Passed out;
  transaction::Transaction message(current(),
                                   transaction::Client{.address = IpAddress::parse(letter.client),
                                                       .name = letter.client_name,
                                                       .daemon_name = "",
                                                       .server_name = "mail.host.test"});
  const auto tell = [&](const transaction::Event& first) {
    std::optional<transaction::Event> next = first;
    while (next) {
      transaction::Effects effects;
      message.on(*next, now, effects);
      next.reset();
      for (const transaction::Effect& effect : effects) {
        if (const auto* record = std::get_if<transaction::Record>(&effect)) {
          out.record = *record;
          watch_->on_record(*record, letter.queue_id);
          // The mail server's log shows it as well.
          if (record->direction == transaction::Direction::Outgoing && !letter.login.empty())
            watch_->on_logged({.path = {coverage::PathKind::Service, "submission"},
                               .sender = letter.sender,
                               .at = now,
                               .is_signed = true});
        } else if (const auto* sent = std::get_if<transaction::RecordSent>(&effect)) {
          ledger_.record_sent(sent->message);
        } else if (const auto* uses = std::get_if<transaction::CountUses>(&effect)) {
          ledger_.count_uses(uses->uses);
        } else if (const auto* field = std::get_if<transaction::InsertField>(&effect)) {
          out.inserted.emplace_back(field->name, field->value);
        } else if (const auto* reply = std::get_if<transaction::Reply>(&effect)) {
          out.refused = out.refused || reply->kind == transaction::ReplyKind::Refuse;
        }
      }
      if (message.waiting()) next = transaction::Answered{answer(effects.back(), now)};
    }
  };
  tell(transaction::MailFrom{.sender = letter.sender, .authenticated = letter.login});
  for (const std::string& recipient : letter.recipients)
    tell(transaction::RcptTo{recipient});
  for (const auto& [name, value] : letter.fields)
    tell(transaction::HeaderField{name, " " + value});
  tell(transaction::EndOfHeaders{});
  tell(transaction::BodyChunk{letter.body});
  tell(transaction::EndOfMessage{letter.queue_id});
  return out;
}

}  // namespace backstop::month
