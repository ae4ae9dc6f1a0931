// Bounces of what was never ours, and mail that is no bounce.
#include <fmt/format.h>

#include <algorithm>

#include "sim/returned.h"
#include "sim/scenes.h"

namespace backstop::sim {
namespace {

std::string target_of(Random& random) {
  const std::size_t draw = random.below(100);
  if (draw < 8) return random.pick(role_addresses());
  if (draw < 14) return std::string(never_sending_address());
  if (draw < 20) return "info@silent.example";
  if (draw < 45) return fmt::format("{}@example.com", random.letters(7));
  return random.pick(our_users());
}

// One that left with a token; null when none is found.
std::shared_ptr<Sent> pick_signed(World& world) {
  const auto& sent = world.sent();
  if (sent.empty()) return nullptr;
  const auto& one = world.random().pick(sent);
  return one->has_token ? one : nullptr;
}

std::string change_digit(std::string token, std::size_t at) {
  token[at] = token[at] == 'a' ? 'b' : 'a';
  return token;
}

std::string spam_body(std::string_view inner_token, Random& random) {
  if (inner_token.empty()) return "Buy now.\r\n";
  if (random.chance(50)) return fmt::format("Backstop-Token: {}\r\n\r\nBuy now.\r\n", inner_token);
  return fmt::format(
      "--in\r\nContent-Type: message/rfc822\r\n\r\nBackstop-Token: {}\r\nReceived: from a by b; "
      "Sat, 21 Nov 2026 11:00:00 +0000\r\nFrom: alice@example.com\r\nSubject: Hi\r\n\r\nHi\r\n"
      "--in--\r\n",
      inner_token);
}

std::string random_tag(Random& random, const std::string& address) {
  return fmt::format("prvs={}{:03}{:06x}={}", random.below(4), random.below(1000),
                     random.below(1U << 24), address);
}

void put_decoy(World& world, const std::string& target, Original& original, Letter& letter) {
  Random& random = world.random();
  const std::shared_ptr<Sent> copied = pick_signed(world);
  const std::string token = copied ? copied->header.front().second : "";
  const auto on_top = [&](std::string name, std::string value) {
    original.header.emplace(original.header.begin() + 1, std::move(name), std::move(value));
  };
  switch (random.below(8)) {
    case 0:
      on_top("Backstop-Token", random.letters(56));
      return;
    case 1:  // Another sender, time or message under our MAC.
      if (token.empty()) return;
      on_top("Backstop-Token", change_digit(token, 9 + random.below(46)));
      letter.truth.copied_key = copied->key;
      return;
    case 2:  // Another ring's, or another version's.
      if (!token.empty()) on_top("Backstop-Token", change_digit(token, 3 + random.below(5)));
      return;
    case 3:
      original.body = spam_body(token, random);
      if (original.body.starts_with("--in"))
        original.header.emplace_back("Content-Type", "multipart/mixed; boundary=in");
      return;
    case 4:  // On the bounce itself, where it proves nothing.
      if (!token.empty()) letter.fields.emplace_back("Backstop-Token", token);
      return;
    case 5:
      on_top("DKIM-Signature",
             fmt::format("v=1; a=rsa-sha256; c=relaxed/relaxed; d={}; s=junk;\r\n\th=from:to; "
                         "bh=AAAA; b=BBBB",
                         domain_part(target)));
      return;
    case 6:
      if (!may_be_tagged(target) || target.front() == '"') return;
      letter.truth.has_false_tag = true;
      letter.recipients.front() = random_tag(random, target);
      return;
    default:
      return;
  }
}

}  // namespace

Letter make_twin(World& world) {
  Random& random = world.random();
  Letter letter;
  letter.queue_id = "4TWIN";
  letter.client = fmt::format("198.51.100.{}", 1 + random.below(200));
  bring_by_relay(world, letter);
  const std::string target = target_of(random);
  letter.recipients = {target};
  const Shape shape = static_cast<Shape>(random.below(kShapeCount));
  const Instant date = world.now() - Seconds{static_cast<long>(random.below(3 * 86'400))};
  Original original{
      .header = {{"Received",
                  fmt::format("from bot.test (bot.test [198.51.100.66])\r\n\tby mx.remote.test "
                              "(Postfix) with SMTP id Z1;\r\n\t{}",
                              render_date(date))},
                 {"From", fmt::format("Cheap Pills <{}>", target)},
                 {"To", "nobody@remote.test"},
                 {"Subject", "Cheap"},
                 {"Date", render_date(date)},
                 {"Message-ID", fmt::format("<{}@example.com>", random.letters(16))}},
      .body = "Buy now.\r\n",
      .recipient = "nobody@remote.test",
      .message_id = fmt::format("<{}@example.com>", random.letters(16))};
  put_decoy(world, target, original, letter);
  if (random.chance(10)) letter.recipients.push_back(target_of(random));
  const SiteDomain* domain = world.site().domain_of(target);
  const bool dated_before =
      date < domain->signing_since && world.now() < domain->signing_since + world.lifetime();
  const bool returns = facts_of(shape).returns_enough;
  letter.truth.what = Class::Twin;
  letter.truth.kind = facts_of(shape).kind;
  letter.truth.has_no_excuse = returns && !dated_before;
  write_answer(letter, shape, original, world.now(), random);
  return letter;
}

std::string guessing_client(Random& random) {
  return fmt::format("198.51.101.{}", 1 + random.below(200));
}

Letter make_guess(World& world) {
  Random& random = world.random();
  static const std::vector<std::string> kTargets{"alice@example.com", "erin@example.org"};
  Letter letter;
  letter.queue_id = "4GUESS";
  letter.client = guessing_client(random);
  letter.recipients = {random_tag(random, random.pick(kTargets))};
  letter.truth.what = Class::Twin;
  letter.truth.kind = facts_of(Shape::NothingBut).kind;
  letter.truth.has_false_tag = true;
  const Original original{
      .header = {}, .body = "", .recipient = "nobody@remote.test", .message_id = "<1@remote.test>"};
  write_answer(letter, Shape::NothingBut, original, world.now(), random);
  return letter;
}

Letter make_innocent(World& world) {
  Random& random = world.random();
  Letter letter;
  letter.queue_id = "4MAIL";
  letter.sender = "friend@remote.test";
  letter.recipients = {random.chance(5) ? "info@silent.example" : random.pick(our_users())};
  letter.fields = {{"From", "Friend <friend@remote.test>"},
                   {"To", letter.recipients.front()},
                   {"Date", render_date(world.now())},
                   {"Message-ID", fmt::format("<{}@remote.test>", random.letters(12))}};
  letter.body = "See you on Monday.\r\n";
  std::string subject = "Lunch";
  switch (random.below(7)) {
    case 0:
      subject = "Your weekly offers";
      letter.fields.emplace_back("List-Unsubscribe", "<https://shop.test/u>");
      letter.fields.emplace_back("Precedence", "bulk");
      break;
    case 1:
      subject = "Re: [list] Undelivered Mail Returned to Sender";
      letter.fields.emplace_back("List-Id", "<talk.remote.test>");
      letter.body = "Does anybody know why I get \"User unknown\" from that server?\r\n";
      break;
    case 2:  // A calendar's answer.
      letter.sender.clear();
      subject = "Accepted: Meeting";
      letter.fields.emplace_back("Content-Type", "text/calendar; method=REPLY");
      letter.body = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n";
      break;
    case 3: {
      letter.truth.false_verdicts = 1 + static_cast<unsigned>(random.below(3));
      for (unsigned i = 0; i < letter.truth.false_verdicts; ++i)
        letter.fields.emplace(letter.fields.begin(), "Backstop-Verdict", "genuine; score=0");
      break;
    }
    case 4:
      letter.truth.false_results = 1;
      letter.fields.emplace(letter.fields.begin(), "Authentication-Results",
                            fmt::format("{}; spf=pass", kHost));
      letter.fields.emplace(letter.fields.begin(), "Authentication-Results",
                            "mx.remote.test; spf=pass");
      break;
    case 5:  // An aggregate report about our own mail (RFC 7489).
      letter.sender.clear();
      letter.recipients = {"postmaster@example.com"};
      subject = "Report Domain: example.com Submitter: remote.test Report-ID: <1>";
      letter.fields.emplace_back("Content-Type",
                                 "application/gzip; name=\"remote.test!example.com!1!2.xml.gz\"");
      letter.fields.emplace_back("Content-Transfer-Encoding", "base64");
      letter.body = "H4sIAAAAAAAA\r\n";
      break;
    default:
      break;
  }
  letter.fields.emplace_back("Subject", subject);
  return letter;
}

}  // namespace backstop::sim
