#include "month/player.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/coverage_file.h"
#include "core/coverage/spf_survey.h"

namespace backstop::month {
namespace {

using coverage::PathKind;
using coverage::Word;
using sim::Shape;

constexpr std::string_view kHost = "mail.host.test";
constexpr std::string_view kClient = "192.0.2.10";
constexpr Days kQueue{5};
constexpr double kHoursAWeek = 7 * 24;
// Of a hundred messages so many come back, and so many are answered by a machine.
constexpr unsigned kBounced = 4;
constexpr unsigned kAnswered = 4;
// How many people a site writes to again and again.
constexpr std::size_t kCorrespondents = 25;

constexpr std::array kBounces{Shape::PostfixFull,  Shape::PostfixHeaders, Shape::PostfixHeaders,
                              Shape::Exim,         Shape::Sendmail,       Shape::Qmail,
                              Shape::PostfixDelay, Shape::Exchange,       Shape::NothingBut};

config::Config make_config(const std::vector<Site>& sites, const std::string& directory) {
  config::Config config;
  config.store_directory = directory;
  config.authserv_id = kHost;
  for (const Site& site : sites)
    config.domains[site.domain] = {.name = site.domain};
  return config;
}

// Each term of the records stands for one network.
coverage::DnsSource make_dns(const Site& site) {
  const auto texts = [spf = site.spf, domain = site.domain](
                         const std::string& name) -> Result<std::vector<std::string>> {
    if (name == domain && !spf.empty()) return std::vector<std::string>{spf};
    if (name == "provider.test") return std::vector<std::string>{"v=spf1 ip4:203.0.113.24/30 -all"};
    if (name == "esp.test") return std::vector<std::string>{"v=spf1 ip4:203.0.113.128/26 -all"};
    return std::vector<std::string>{};
  };
  return {.texts = texts,
          .addresses = [](const std::string&) { return std::vector<IpAddress>{}; },
          .exchangers = [](const std::string&) { return std::vector<std::string>{}; }};
}

coverage::OwnPlaces own_places() {
  return {.networks = {*IpNetwork::parse("192.0.2.10/32")}, .names = {std::string(kHost)}};
}

// What the operator knows of a path that the list shows: which bypass it is.
const Bypass* find_bypass(const Site& site, const coverage::PathName& path) {
  for (const Bypass& bypass : site.bypasses) {
    const bool by_id = path.kind == PathKind::MessageId && path.name == bypass.id_domain;
    const bool by_relay = path.kind == PathKind::Relay &&
                          (path.name == bypass.host ||
                           bypass.client.starts_with(path.name.substr(0, path.name.rfind('.'))));
    const bool by_spf = path.kind == PathKind::Spf &&
                        (path.name.find(bypass.client) != std::string::npos ||
                         (bypass.name == "phone" && path.name == "include:provider.test") ||
                         (bypass.name == "newsletter" && path.name == "include:esp.test"));
    if (by_id || by_relay || by_spf) return &bypass;
  }
  return nullptr;
}

}  // namespace

Player::Player(std::vector<Site> sites, std::string directory, std::uint64_t seed)
    : directory_(std::move(directory)),
      random_(seed),
      now_(*parse_instant("2026-11-01T00:00:00Z")),
      started_(now_),
      post_(std::make_unique<Post>(make_config(sites, directory_), directory_, now_)) {
  for (Site& site : sites)
    fates_.push_back({.site = std::move(site)});
  post_->coverage().set_own_places(own_places());
  ask_dns();
}

bool Player::happens(double a_week) {
  return static_cast<double>(random_.below(1'000'000)) < a_week / kHoursAWeek * 1'000'000;
}

std::string Player::correspondent(const Site& site) {
  // Most mail goes to the same few.
  if (random_.chance(85))
    return fmt::format("friend{}@far{}.test", random_.below(kCorrespondents), site.domain.size());
  return fmt::format("{}@new.test", random_.letters(8));
}

void Player::play(Days days) {
  const Instant end = now_ + days;
  while (now_ < end) {
    live_hour();
    now_ += std::chrono::hours{1};
    for (auto next = coming_.begin(); next != coming_.end() && next->first <= now_;
         next = coming_.erase(next))
      deliver(next->second);
    post_->coverage().beat(now_);
    if ((now_ - started_) % Days{1} != Seconds{0}) continue;
    ask_dns();
    post_->coverage().beat(now_);
    post_->coverage().rest();
    for (std::size_t site = 0; site < fates_.size(); ++site)
      look(site);
  }
}

void Player::live_hour() {
  for (std::size_t i = 0; i < fates_.size(); ++i) {
    const Site& site = fates_[i].site;
    const auto often = [&](double a_week) {
      unsigned times = 0;
      for (; a_week > kHoursAWeek; a_week -= kHoursAWeek)
        ++times;
      return times + (happens(a_week) ? 1U : 0U);
    };
    for (unsigned n = often(site.mails_a_week); n > 0; --n)
      send(i, random_.pick(site.people));
    for (const Bypass& way : site.bypasses)
      for (unsigned n = often(way.mails_a_week); n > 0; --n)
        send_around(i, way);
    for (unsigned n = often(site.forwards_a_week); n > 0; --n)
      forward(i);
    for (unsigned n = often(site.forged_a_day * 7); n > 0; --n)
      forge(i);
  }
}

// Through our server, which signs it.
void Player::send(std::size_t site, const std::string& sender) {
  const std::string from = sender + "@" + fates_[site].site.domain;
  const std::string to = correspondent(fates_[site].site);
  const std::string id = fmt::format("<{}@{}>", ++ids_, fates_[site].site.domain);
  sim::Letter letter;
  letter.client = "192.0.2.77";
  letter.client_name = "desk.test";
  letter.login = sender;
  letter.sender = from;
  letter.recipients = {to};
  letter.fields = {{"From", from},
                   {"To", to},
                   {"Date", sim::render_date(now_)},
                   {"Subject", "About " + random_.letters(5)},
                   {"Message-ID", id}};
  letter.body = "Hello.\r\n";
  letter.queue_id = fmt::format("Q{}", ids_);
  const Passed passed = post_->pass(letter, now_);
  const bool bounces = random_.chance(kBounced);
  if (!bounces && !random_.chance(kAnswered)) return;
  sim::Original original{.header = {}, .body = letter.body, .recipient = to, .message_id = id};
  original.header.emplace_back(
      "Received",
      fmt::format("from {} ({} [{}])\r\n\tby mx.far.test (Postfix) with ESMTP id {};\r\n\t{}",
                  kHost, kHost, kClient, random_.letters(10), sim::render_date(now_)));
  for (auto field = passed.inserted.rbegin(); field != passed.inserted.rend(); ++field)
    original.header.push_back(*field);
  original.header.emplace_back("Received",
                               fmt::format("from desk.test (desk.test [192.0.2.77])\r\n\tby {} "
                                           "(Postfix) with ESMTPSA id {};\r\n\t{}",
                                           kHost, letter.queue_id, sim::render_date(now_)));
  original.header.insert(original.header.end(), letter.fields.begin(), letter.fields.end());
  answer(site, original, from, true,
         bounces ? kBounces[random_.below(kBounces.size())] : Shape::AutoReply);
}

// By somebody else's server: no token, no row in any book of ours.
void Player::send_around(std::size_t site, const Bypass& way) {
  const std::string from = random_.pick(way.senders) + "@" + fates_[site].site.domain;
  const std::string to = way.returns_to_from ? fmt::format("reader{}@far.test", random_.below(400))
                                             : correspondent(fates_[site].site);
  const std::string id = fmt::format("<{}@{}>", random_.letters(16), way.id_domain);
  const bool bounces = random_.chance(kBounced);
  if (!bounces && !random_.chance(kAnswered)) return;
  // What asks for its bounces itself gets most of them; some servers answer the From field.
  if (bounces && way.returns_to_from && !random_.chance(5)) return;
  sim::Original original{.header = {}, .body = "Hello.\r\n", .recipient = to, .message_id = id};
  original.header = {
      {"Received",
       fmt::format("from {} ({} [{}])\r\n\tby mx.far.test (Postfix) with ESMTP id {};\r\n\t{}",
                   way.host, way.host, way.client, random_.letters(10), sim::render_date(now_))},
      {"Received",
       fmt::format("from device (unknown [198.51.100.{}])\r\n\tby {} with ESMTPSA id {};\r\n\t{}",
                   random_.below(250) + 1, way.host, random_.letters(10), sim::render_date(now_))},
      {"From", from},
      {"To", to},
      {"Date", sim::render_date(now_)},
      {"Subject", "Our " + random_.letters(5)},
      {"Message-ID", id}};
  answer(site, original, from, true,
         bounces ? kBounces[random_.below(kBounces.size())] : Shape::AutoReply);
}

// A stranger's message to somebody of ours goes on to his other mailbox, under an address of ours
// that says where it came from.
void Player::forward(std::size_t site) {
  const std::string& domain = fates_[site].site.domain;
  const std::string rewritten =
      fmt::format("SRS0={}={}=stranger.test=writer{}@{}", random_.letters(4), random_.letters(2),
                  random_.below(50), domain);
  const std::string id = fmt::format("<{}@stranger.test>", random_.letters(12));
  sim::Letter letter;
  letter.client = "127.0.0.1";
  letter.client_name = "localhost";
  letter.sender = rewritten;
  letter.recipients = {"other@elsewhere.test"};
  letter.fields = {{"From", "writer@stranger.test"},
                   {"To", "info@" + domain},
                   {"Date", sim::render_date(now_)},
                   {"Subject", "Asked"},
                   {"Message-ID", id}};
  letter.body = "Hello.\r\n";
  letter.queue_id = fmt::format("F{}", ++ids_);
  const Passed passed = post_->pass(letter, now_);
  if (!random_.chance(10)) return;
  sim::Original original{.header = passed.inserted,
                         .body = letter.body,
                         .recipient = "other@elsewhere.test",
                         .message_id = id};
  std::reverse(original.header.begin(), original.header.end());
  original.header.insert(
      original.header.begin(),
      {"Received",
       fmt::format("from {} ({} [{}])\r\n\tby mx.elsewhere.test with ESMTP id {};\r\n\t{}", kHost,
                   kHost, kClient, random_.letters(8), sim::render_date(now_))});
  original.header.insert(original.header.end(), letter.fields.begin(), letter.fields.end());
  answer(site, original, rewritten, true, Shape::PostfixHeaders);
}

// Spam in somebody's name there comes back, mostly to names that nobody has.
void Player::forge(std::size_t site) {
  const Site& here = fates_[site].site;
  const std::string from =
      (random_.chance(25) ? random_.pick(here.people) : random_.letters(9)) + "@" + here.domain;
  const std::string bot = fmt::format("198.51.100.{}", random_.below(250) + 1);
  // Some of what spam is sent to are people that we write to, too.
  const std::string to = random_.chance(2) ? correspondent(here) : random_.letters(8) + "@any.test";
  sim::Original original{
      .header = {},
      .body = "Cheap.\r\n",
      .recipient = to,
      .message_id = fmt::format("<{}@{}>", random_.letters(14), random_.letters(6))};
  original.header = {
      {"Received",
       fmt::format("from unknown ({} [{}])\r\n\tby mx.any.test with SMTP id {};\r\n\t{}",
                   random_.letters(6), bot, random_.letters(8), sim::render_date(now_))},
      {"From", from},
      {"To", to},
      {"Date", sim::render_date(now_)},
      {"Subject", "Buy " + random_.letters(6)},
      {"Message-ID", original.message_id}};
  answer(site, original, from, false, kBounces[random_.below(kBounces.size())]);
}

void Player::answer(std::size_t site, const sim::Original& original, const std::string& to,
                    bool is_genuine, Shape shape) {
  Coming coming{.letter = {},
                .site = site,
                .is_genuine = is_genuine,
                .returns_enough = sim::facts_of(shape).returns_enough};
  const auto after = shape == Shape::AutoReply ? random_.below(3600)
                     : random_.chance(20)      ? random_.below(5 * 86'400)
                                               : random_.below(4 * 3600);
  const Instant at = now_ + Seconds{static_cast<long>(after)};
  coming.letter.recipients = {to};
  coming.letter.queue_id = fmt::format("I{}", ++ids_);
  sim::write_answer(coming.letter, shape, original, at, random_);
  coming_.emplace(at, std::move(coming));
}

void Player::deliver(const Coming& coming) {
  Fate& fate = fates_[coming.site];
  const Passed passed = post_->pass(coming.letter, now_);
  const bool enforces = post_->config().domains.at(fate.site.domain).mode == policy::Mode::Enforce;
  if (coming.is_genuine) {
    ++fate.genuine;
    if (enforces) ++fate.genuine_enforced;
    if (passed.refused) ++fate.genuine_lost;
  } else if (enforces && coming.returns_enough) {
    ++fate.forged;
    if (passed.refused) ++fate.forged_refused;
  }
}

void Player::ask_dns() {
  for (const Fate& fate : fates_) {
    post_->coverage().on_spf(
        fate.site.domain, coverage::survey_spf(fate.site.domain, make_dns(fate.site), own_places()),
        now_);
  }
}

std::vector<app::Unmet> Player::unmet(const std::string& domain, Seconds later) const {
  const config::Config& config = post_->config();
  const auto views = app::read_coverage(config);
  if (!views) return {{.name = "unread", .what = views.error().text(), .todo = ""}};
  return app::unmet_for_enforce({.domain = &config.domains.at(domain),
                                 .learnt = &views->at(domain),
                                 .signs = true,
                                 .queue_lifetime = kQueue},
                                now_ + later);
}

// A morning: what the list asks is answered as it is, and nothing that it does not ask.
void Player::look(std::size_t site) {
  Fate& fate = fates_[site];
  const std::string& domain = fate.site.domain;
  const auto views = app::read_coverage(post_->config());
  if (!views) return;
  const coverage::DomainView& view = views->at(domain);
  for (const coverage::PathView& path : view.paths) {
    const Bypass* const bypass = find_bypass(fate.site, path.name);
    if (bypass != nullptr) fate.found.insert(bypass->name);
    if (!path.is_open || !fate.site.operator_looks) continue;
    std::vector<std::string> addresses;
    if (bypass != nullptr)
      for (const std::string& sender : bypass->senders)
        addresses.push_back(sender + "@" + domain);
    (void)app::say_of_path(directory_, domain, path.name,
                           bypass != nullptr ? Word::Ours : Word::NotOurs, now_, addresses);
  }
  const bool knows_all = std::ranges::all_of(
      fate.site.bypasses, [&](const Bypass& bypass) { return fate.found.contains(bypass.name); });
  // He says that the list is whole when it is: he knows what sends for him once he is asked.
  if (fate.site.operator_looks && knows_all && !coverage::is_whole(view.wholeness))
    (void)app::say_whole(directory_, domain, true, now_);
  const auto unmet = this->unmet(domain);
  for (const app::Unmet& each : unmet)
    fate.asked.insert(each.name);
  config::Config config = post_->config();
  config::Domain& settings = config.domains.at(domain);
  if (unmet.empty() && !fate.enforced_from) {
    fate.enforced_from = now_;
    fate.found_all_first = knows_all;
    settings.mode = policy::Mode::Enforce;
    post_->set_config(std::move(config));
  }
}

}  // namespace backstop::month
