#include "sim/scenes.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/returned.h"

namespace backstop::sim {
namespace {

// Few enough that all of them and two strangers are no fan-out (docs/formats/ledger.md).
constexpr std::size_t kMostRecipients = 3;
constexpr std::string_view kForward = "moved@elsewhere.test";
constexpr std::string_view kStormVictim = "victim@unknown.test";

char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string party_of(Random& random, const Site& site) {
  if (random.chance(8)) return "member@" + site.exempt_domain;
  static const std::vector<std::string> kDomains{"remote.test", "other.test", "third.test"};
  return fmt::format("p{}@{}", random.below(6), random.pick(kDomains));
}

std::string queue_id_of(Random& random) {
  std::string id = "4";
  for (const char c : random.letters(10))
    id.push_back(to_upper(c));
  return id;
}

std::string our_trace(std::string_view queue_id, Instant at) {
  return fmt::format(
      "from client.example.com (client.example.com [{}])\r\n\tby {} (Postfix) with "
      "ESMTPSA id {};\r\n\t{}",
      kOwnClient, kHost, queue_id, render_date(at));
}

Fields fields_of(Random& random, std::string_view from, std::string_view to, Instant at,
                 std::string_view queue_id) {
  Fields fields{{"Received", our_trace(queue_id, at)},
                {"From", fmt::format("Somebody <{}>", from)},
                {"To", std::string(to)},
                {"Subject", "Hello"},
                {"Date", render_date(at)}};
  if (random.chance(95))
    fields.emplace_back("Message-ID",
                        fmt::format("<{}@{}>", random.letters(16), domain_part(from)));
  if (random.chance(5)) fields.emplace_back("Disposition-Notification-To", std::string(from));
  if (random.chance(4)) fields.emplace_back("List-Id", "<news.example.com>");
  return fields;
}

const std::string* find_field(const Fields& fields, std::string_view name) {
  const auto found =
      std::ranges::find_if(fields, [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? nullptr : &found->second;
}

// How a token's line fares on the way: case and folds may change, and it is the same token.
std::string mangle(Random& random, std::string token) {
  if (random.chance(10)) std::ranges::transform(token, token.begin(), to_upper);
  if (random.chance(10)) token.insert(20 + random.below(20), "\r\n\t");
  return token;
}

// Where and from whom an answer comes in.
void bring_in(World& world, Letter& letter) {
  Random& random = world.random();
  letter.queue_id = queue_id_of(random);
  letter.client = fmt::format("198.51.100.{}", 1 + random.below(200));
  if (random.chance(12)) letter.sender = "postmaster@mx.remote.test";
  bring_by_relay(world, letter);
}

Fields with_foreign_trace(Random& random, const Fields& header, std::string_view recipient,
                          Instant at) {
  Fields out{{"Received", fmt::format("from {} ({} [192.0.2.10])\r\n\tby mx.remote.test (Postfix) "
                                      "with ESMTP id {}\r\n\tfor <{}>; {}",
                                      kHost, kHost, queue_id_of(random), recipient,
                                      render_date(at + Seconds{5}))}};
  out.insert(out.end(), header.begin(), header.end());
  return out;
}

}  // namespace

Letter make_outgoing(World& world) {
  Random& random = world.random();
  Letter letter;
  letter.truth.what = Class::Outgoing;
  letter.client = std::string(kOwnClient);
  letter.client_name = "client.example.com";
  letter.queue_id = queue_id_of(random);
  const std::string from =
      random.chance(4) ? random.pick(role_addresses()) : random.pick(our_users());
  if (random.chance(30)) {
    letter.login = local_part(from);
    letter.client = "198.51.100.99";
  }
  if (!random.chance(4)) letter.sender = from;
  if (random.chance(8)) letter.envelope_id = "QQ" + random.letters(6);
  const std::size_t count = 1 + random.below(kMostRecipients);
  while (letter.recipients.size() < count) {
    std::string party = party_of(random, world.site());
    if (std::ranges::find(letter.recipients, party) == letter.recipients.end())
      letter.recipients.push_back(std::move(party));
  }
  letter.fields = fields_of(random, from, letter.recipients.front(), world.now(), letter.queue_id);
  letter.body = "Hello there.\r\n";
  return letter;
}

std::shared_ptr<Sent> make_sent(const Letter& letter) {
  auto sent = std::make_shared<Sent>();
  sent->sender = letter.sender;
  sent->envelope = letter.sender;
  sent->recipients = letter.recipients;
  sent->envelope_id = letter.envelope_id;
  sent->header = letter.fields;
  sent->body = letter.body;
  sent->is_list = find_field(letter.fields, "List-Id") != nullptr;
  if (const std::string* id = find_field(letter.fields, "Message-ID")) sent->message_id = *id;
  return sent;
}

std::shared_ptr<Sent> make_unsigned(World& world, Instant at) {
  Random& random = world.random();
  Letter letter;
  letter.sender = random.pick(our_users());
  letter.recipients = {party_of(random, world.site())};
  letter.fields =
      fields_of(random, letter.sender, letter.recipients.front(), at, queue_id_of(random));
  letter.body = "Hello there.\r\n";
  auto sent = make_sent(letter);
  sent->at = at;
  if (sent->message_id.empty()) sent->message_id = "<none@example.com>";
  return sent;
}

Letter make_answer(World& world, const std::shared_ptr<Sent>& sent) {
  Random& random = world.random();
  Letter letter;
  bring_in(world, letter);
  const Shape shape = static_cast<Shape>(random.below(kShapeCount));
  const ShapeFacts facts = facts_of(shape);
  const bool is_forwarded = random.chance(15);
  Truth& truth = letter.truth;
  truth.what = Class::Answer;
  truth.sent = sent;
  truth.kind = facts.kind;
  truth.party = is_forwarded ? std::string(kForward) : random.pick(sent->recipients);
  truth.knows_party = !is_forwarded;
  truth.shows_message_id = facts.names_message_id;
  // Not every server on the way knows delivery reports.
  const bool knows_envid = facts.has_status && random.chance(70);
  truth.shows_envid =
      knows_envid && sent->has_token && sent->envelope_id == sent->header.front().second;
  Original original{.header = with_foreign_trace(random, sent->header, truth.party, sent->at),
                    .body = sent->body,
                    .recipient = truth.party,
                    .message_id = sent->message_id,
                    .envelope_id = knows_envid ? sent->envelope_id : std::string()};
  // Some gateways take away what they do not know; who also cuts off the Message-ID leaves nothing
  // that could tell ours from another's.
  const bool stripped = facts.names_message_id && random.chance(6);
  truth.shows_token = facts.returns_header && sent->has_token && !stripped;
  for (auto& [name, value] : original.header) {
    if (name == "Backstop-Token") value = mangle(random, value);
  }
  if (stripped)
    std::erase_if(original.header, [](const auto& f) { return f.first == "Backstop-Token"; });
  // To the envelope sender; sometimes to an alias of its domain, as DSNs to From: go.
  const bool elsewhere = random.chance(12);
  letter.recipients = {elsewhere ? "office@" + domain_part(sent->sender) : sent->envelope};
  truth.shows_tag = !elsewhere && sent->envelope != sent->sender;
  truth.shows_writer = !elsewhere || facts.returns_enough;
  write_answer(letter, shape, original, world.now(), random);
  return letter;
}

Letter make_stolen(World& world, const std::shared_ptr<Sent>& sent) {
  Random& random = world.random();
  Letter letter;
  bring_in(world, letter);
  Truth& truth = letter.truth;
  truth.what = Class::Stolen;
  truth.sent = sent;
  truth.kind = "bounce";
  truth.party = kStormVictim;
  truth.shows_token = true;
  truth.shows_message_id = true;
  const Original original{
      .header = with_foreign_trace(random, sent->header, truth.party, world.now()),
      .body = "Buy now.\r\n",
      .recipient = truth.party,
      .message_id = sent->message_id};
  letter.recipients = {sent->sender};
  write_answer(letter, random.chance(50) ? Shape::PostfixFull : Shape::Sendmail, original,
               world.now(), random);
  return letter;
}

void bring_by_relay(World& world, Letter& letter) {
  if (!world.random().chance(10)) return;
  letter.fields.emplace_back("Received",
                             fmt::format("from mx.remote.test (mx.remote.test [{}])\r\n\tby "
                                         "front.example.com with ESMTP id ABC;\r\n\t{}",
                                         letter.client, render_date(world.now())));
  letter.client = std::string(kRelayClient);
}

}  // namespace backstop::sim
