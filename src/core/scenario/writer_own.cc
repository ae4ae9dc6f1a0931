// Mail of ours, what is answered to it, and what else comes in.
#include <fmt/format.h>

#include <algorithm>

#include "core/scenario/message_parts.h"
#include "core/scenario/writer.h"

namespace backstop::scenario {
namespace {

using reading::Kind;

constexpr std::string_view kOurHost = "mail";
// Machines of our users.
constexpr std::string_view kDesk = "192.0.2.77";

// Without its brackets.
std::string message_id_of(std::string_view header) {
  const std::string_view id = find_field(header, "Message-ID");
  return id.size() < 2 ? std::string() : std::string(id.substr(1, id.size() - 2));
}

}  // namespace

Letter Writer::write_own(const Event& event) const {
  Random random(event.seed);
  const OwnMail& own = scenario_.own[event.section];
  const std::string& domain = residents_.domains().front();
  const auto senders = std::min<std::uint64_t>(
      own.senders == 0 ? residents_.users().size() : own.senders, residents_.users().size());
  std::string sender =
      own.is_mailing && own.senders == 0
          ? "news@" + domain
          : residents_.users()[static_cast<std::size_t>(random.below(senders))] + "@" + domain;
  // A mailing goes to each once, people write to the same again and again.
  const std::uint64_t partner =
      own.is_mailing ? event.number : random.below(own.partners) * 7919 + 17;
  Random partner_random(partner + 1);
  const std::string partner_local = make_local(LocalStyle::Dotted, partner_random);
  const std::string server = make_server(partner % 50'000);
  const std::string recipient =
      fmt::format("{}{}@{}", partner_local, partner % 97, domain_of_server(server));
  const Text& text =
      pick_text(own.is_mailing ? Text::Use::Newsletter : Text::Use::Letter, random.unit());
  const std::string date = render_date(event.at);
  const std::string id = fmt::format("{}.{}", event.number, random.letters(10));
  const std::string ticket = random.letters(6, "0123456789");
  const std::string person = make_person(random);
  const std::string_view host =
      own.way == OwnMail::Way::Service ? std::string_view(scenario_.site.service) : domain;
  Places places{};
  at(places, Place::To) = sender;
  at(places, Place::Victim) = recipient;
  at(places, Place::Date) = date;
  at(places, Place::Id) = id;
  at(places, Place::Ticket) = ticket;
  at(places, Place::Person) = person;
  at(places, Place::Boundary) = id;
  at(places, Place::Host) = host;
  std::string message;
  text.render(places, message);
  Letter out{.client = std::string(kDesk),
             .client_name = "desk." + domain,
             .login = sender.substr(0, sender.find('@')),
             .sender = sender,
             .recipient = recipient,
             .queue_id = random.letters(10, "0123456789BCDFGHJKLMNPQRSTVWXYZ"),
             .kind = Kind::Ordinary};
  split_message(message, out.header, out.body);
  if (own.way == OwnMail::Way::Forward) {
    // Somebody else's letter goes on under an address of ours that says where it came from.
    out.client = "127.0.0.1";
    out.client_name = "localhost";
    out.login.clear();
    out.sender = fmt::format("SRS0={}={}=stranger.example=writer{}@{}", random.letters(4),
                             random.letters(2), random.below(50), domain);
    out.header = fmt::format(
        "Received: from mx.stranger.example (mx.stranger.example [198.51.100.9])\r\n\tby {}.{} "
        "(Postfix) with ESMTP id {};\r\n\t{}\r\nFrom: writer@stranger.example\r\nTo: {}\r\n"
        "Subject: A letter\r\nDate: {}\r\nMessage-ID: <{}@stranger.example>\r\n",
        kOurHost, domain, random.letters(10), date, recipient, date, id);
  }
  return out;
}

SentLetter Writer::make_sent(const Event& event, const Letter& letter,
                             const std::string& inserted) const {
  const std::string& domain = residents_.domains().front();
  return {.at = event.at,
          .sender = letter.sender,
          .recipient = letter.recipient,
          .header = fmt::format(
              "{}Received: from {} ({} [{}])\r\n\tby {}.{} (Postfix) with ESMTPSA id {};\r\n\t{}"
              "\r\n{}",
              inserted, letter.client_name, letter.client_name, letter.client, kOurHost, domain,
              letter.queue_id, render_date(event.at), letter.header),
          .body = letter.body,
          .message_id = message_id_of(letter.header),
          .subject = std::string(find_field(letter.header, "Subject"))};
}

SentLetter Writer::write_elsewhere(const Event& event) const {
  Letter letter = write_own(event);
  const std::string& service = scenario_.site.service;
  return {.at = event.at,
          .sender = letter.sender,
          .recipient = letter.recipient,
          .header = fmt::format(
              "Received: from app.{} (app.{} [10.1.2.3])\r\n\tby out.{} with ESMTP "
              "id {};\r\n\t{}\r\n{}",
              service, service, service, letter.queue_id, render_date(event.at), letter.header),
          .body = letter.body,
          .message_id = message_id_of(letter.header),
          .subject = std::string(find_field(letter.header, "Subject"))};
}

Writer::Original Writer::make_original(const SentLetter& sent, const std::string& server) const {
  const std::string& domain = residents_.domains().front();
  return {.header = fmt::format("Return-Path: <{}>\r\nReceived: from {}.{} ({}.{} [192.0.2.10])\r\n"
                                "\tby {} (Postfix) with ESMTPS id 4G{};\r\n\t{}\r\n{}",
                                sent.sender, kOurHost, domain, kOurHost, domain, server,
                                sent.message_id.substr(0, 6), render_date(sent.at), sent.header),
          .body = sent.body,
          .message_id = sent.message_id,
          .subject = sent.subject,
          .sender = sent.sender,
          .victim = sent.recipient,
          .at = sent.at};
}

Letter Writer::write_own_answer(const Event& event, const SentLetter& sent) const {
  Random random(event.seed + static_cast<std::uint64_t>(event.at.time_since_epoch().count()));
  const Mix<Returns> kMix{{Returns::Full, 0.65}, {Returns::Headers, 0.25}, {Returns::Little, 0.10}};
  Draw draw{.server = "mx1." + sent.recipient.substr(sent.recipient.find('@') + 1),
            .client = make_address(number_of(sent.recipient)),
            .language = random.chance(0.8) ? "en" : "de",
            .returns = kMix[random.chance(0.65)  ? 0
                            : random.chance(0.7) ? 1
                                                 : 2]
                           .what};
  return write_answer(event, make_original(sent, draw.server), draw, random);
}

Letter Writer::write_poison(const Event& event, const SentLetter& sent) const {
  Random random(event.seed);
  Draw draw{.server = make_server(random.below(1'000'000)),
            .client = make_address(random.next()),
            .language = "en",
            .returns = Returns::Headers};
  Original original = make_original(sent, draw.server);
  Random victim(random.below(scenario_.poisons[event.section].victims) + 5'000'000);
  original.victim = fmt::format("{}@{}", make_local(LocalStyle::Dotted, victim),
                                domain_of_server(make_server(victim.below(1'000'000))));
  Event bounce = event;
  bounce.kind = Kind::Bounce;
  return write_answer(bounce, original, draw, random);
}

Letter Writer::write_ordinary(const Event& event) const {
  Random random(event.seed);
  const Text& text = pick_text(Text::Use::Ordinary, random.unit());
  const std::string server = make_server(random.below(20'000));
  const std::string local = make_local(LocalStyle::Dotted, random);
  const auto& users = residents_.users();
  const std::string to = users[static_cast<std::size_t>(random.below(users.size()))] + "@" +
                         residents_.domains().front();
  const std::string from = fmt::format("{}@{}", local, domain_of_server(server));
  const std::string date = render_date(event.at);
  const std::string id = random.letters(14);
  const std::string queue = random.letters(10, "0123456789BCDFGHJKLMNPQRSTVWXYZ");
  const std::string ticket = random.letters(6, "0123456789");
  const std::string person = make_person(random);
  const std::string ip = make_address(random.next());
  Places places{};
  at(places, Place::To) = to;
  at(places, Place::Victim) = from;
  at(places, Place::VictimLocal) = local;
  at(places, Place::VictimDomain) = domain_of_server(server);
  at(places, Place::Mta) = server;
  at(places, Place::Remote) = server;
  at(places, Place::Date) = date;
  at(places, Place::Id) = id;
  at(places, Place::Queue) = queue;
  at(places, Place::Ticket) = ticket;
  at(places, Place::Person) = person;
  at(places, Place::Ip) = ip;
  std::string message;
  text.render(places, message);
  Letter out{.client = make_address(number_of(server)),
             .client_name = server,
             .sender = from,
             .recipient = to,
             .queue_id = queue,
             .kind = Kind::Ordinary,
             .address_exists = true};
  split_message(message, out.header, out.body);
  return out;
}

Writer::Knock Writer::write_callout(const Event& event) const {
  Random random(event.seed);
  const Callouts& callouts = scenario_.callouts[event.section];
  Knock out{.client = make_address(random.below(callouts.clients) + 77'000'000),
            .domain = residents_.domains().front()};
  if (callouts.exist) {
    const auto& users = residents_.users();
    out.local = users[static_cast<std::size_t>(random.below(users.size()))];
  } else {
    out.local = make_local(LocalStyle::Random, random);
  }
  out.exists = residents_.exists(out.local);
  return out;
}

Writer::Knock Writer::write_guess(const Event& event) const {
  Random random(event.seed);
  const Dictionary& dictionary = scenario_.dictionaries[event.section];
  Knock out{.client = make_address(random.below(dictionary.clients) + 99'000'000),
            .local = make_local(LocalStyle::Dotted, random),
            .domain = residents_.domains().front()};
  out.exists = residents_.exists(out.local);
  return out;
}

}  // namespace backstop::scenario
