#include "app/trial.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

namespace backstop::app {
namespace {

using policy::Verdict;
using transaction::Effects;
using transaction::Transaction;

constexpr std::string_view kDomain = "trial.invalid";
constexpr std::string_view kSender = "trial@trial.invalid";
constexpr std::string_view kAbroad = "nobody@elsewhere.invalid";

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

// Of what a server abroad returns: our own fields, below that server's Received.
constexpr std::string_view kReceived =
    "Received: from trial.invalid by elsewhere.invalid with ESMTP id 1;\r\n"
    "\tThu, 1 Jan 2026 00:00:00 +0000\r\n";
constexpr std::string_view kLetter =
    "From: trial@trial.invalid\r\nTo: nobody@elsewhere.invalid\r\nSubject: trial\r\n"
    "Message-ID: <trial@trial.invalid>\r\n\r\n";

transaction::Surroundings make_surroundings(const transaction::Surroundings& in_force) {
  auto config = std::make_shared<config::Config>(*in_force.config);
  config::Domain& domain = config->domains[std::string(kDomain)];
  domain.name = kDomain;
  domain.mode = policy::Mode::Enforce;
  domain.signing_since = Instant{};
  domain.coverage = policy::Coverage::Covered;
  // Nobody else sends for it.
  config->store_is_partial = false;
  return {.config = std::move(config), .ring = in_force.ring};
}

void begin(Transaction& one, std::string_view sender, std::string_view login,
           std::string_view recipient, const Fields& fields, Instant now, Effects& effects) {
  one.on(transaction::MailFrom{.sender = sender, .authenticated = login}, now, effects);
  one.on(transaction::RcptTo{.recipient = recipient}, now, effects);
  for (const auto& [name, value] : fields)
    one.on(transaction::HeaderField{.name = name, .raw = value}, now, effects);
  one.on(transaction::EndOfHeaders{}, now, effects);
}

// The field that our letter got; "" when it got none.
std::string sign_letter(const transaction::Surroundings& surroundings, Instant now) {
  Transaction one(surroundings, {});
  Effects effects;
  begin(one, kSender, "trial", kAbroad,
        {{"From", " trial@trial.invalid"}, {"Message-ID", " <trial@trial.invalid>"}}, now, effects);
  const transaction::SigningPermit permit{.ring = surroundings.ring,
                                          .key = surroundings.ring->emitting()->info().id};
  one.on(transaction::Answered{transaction::Answer{permit}}, now, effects);
  one.on(transaction::EndOfMessage{}, now, effects);
  for (const transaction::Effect& effect : effects) {
    const auto* const field = std::get_if<transaction::InsertField>(&effect);
    if (field != nullptr && field->name == proof::kTokenField)
      return fmt::format("{}: {}\r\n", field->name, field->value);
  }
  return "";
}

// The verdict on a standard report that returns our letter with this field on top.
Verdict judge_bounce(const transaction::Surroundings& surroundings, std::string_view token,
                     Instant now) {
  Transaction one(surroundings, {});
  Effects effects;
  begin(one, "<>", "", kSender,
        {{"From", " MAILER-DAEMON@elsewhere.invalid"},
         {"Subject", " Undelivered Mail Returned to Sender"},
         {"Auto-Submitted", " auto-replied"},
         {"Content-Type", " multipart/report; report-type=delivery-status; boundary=b"}},
        now, effects);
  one.on(transaction::BodyChunk{fmt::format(
             "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
             "Reporting-MTA: dns; elsewhere.invalid\r\n\r\nFinal-Recipient: rfc822; {}\r\n"
             "Action: failed\r\nStatus: 5.1.1\r\n\r\n"
             "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{}{}{}\r\n--b--\r\n",
             kAbroad, kReceived, token, kLetter)},
         now, effects);
  one.on(transaction::EndOfMessage{}, now, effects);
  for (const transaction::Effect& effect : effects) {
    if (const auto* const record = std::get_if<transaction::Record>(&effect))
      return record->judgement.verdict;
  }
  return Verdict::NotBackscatter;
}

}  // namespace

std::optional<std::string> try_judgement(const transaction::Surroundings& in_force, Instant now) {
  if (in_force.ring == nullptr || in_force.ring->emitting() == nullptr) return std::nullopt;
  const transaction::Surroundings surroundings = make_surroundings(in_force);
  const std::string token = sign_letter(surroundings, now);
  if (token.empty()) return "a letter of ours got no token";
  if (const Verdict verdict = judge_bounce(surroundings, token, now); verdict != Verdict::Genuine)
    return fmt::format("the bounce of a letter of ours is called {}", policy::name_of(verdict));
  if (const Verdict verdict = judge_bounce(surroundings, "", now); verdict != Verdict::Forged)
    return fmt::format("a forged bounce is called {}", policy::name_of(verdict));
  return std::nullopt;
}

}  // namespace backstop::app
