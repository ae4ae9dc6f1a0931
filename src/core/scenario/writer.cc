#include "core/scenario/writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/scenario_limits.h"
#include "core/scenario/message_parts.h"
#include "core/scenario/values.h"

namespace backstop::scenario {
namespace {

using reading::Kind;

// Of attached pictures: any stretch of it will do.
constexpr std::size_t kFillerLines = 16'384;
constexpr std::size_t kFillerLineBytes = 78;
// How messages of one mean size differ, as a lognormal distribution's sigma.
constexpr double kSizeSpread = 0.8;
constexpr double kLargestOfMean = 50;
constexpr double kNameExponent = 0.6;
constexpr double kSourceExponent = 1.0;
// Of bounces that are not sent from <>.
constexpr double kNotNull = 0.04;
// Spam without a Message-ID, as some programs send it.
constexpr double kWithoutId = 0.05;

struct Failure {
  double weight;
  std::string_view status;
  std::string_view diagnostic;
};
// Why servers return mail, the commonest first.
constexpr Failure kFailures[] = {
    {70, "5.1.1", "550 5.1.1 User unknown"},
    {13, "5.7.1", "554 5.7.1 Message rejected as spam"},
    {8, "5.2.2", "552 5.2.2 Mailbox full"},
    {1, "5.7.1", "554 5.7.1 Virus found in message"},
    {4, "5.4.6", "554 5.4.6 Too many hops"},
    {4, "5.7.26", "550 5.7.26 Unauthenticated mail from this domain is not accepted"},
};
// What a filter says of its own doing.
constexpr Failure kSpam{1, "5.7.1", "554 5.7.1 Message rejected as spam"};
constexpr Failure kVirus{1, "5.7.1", "554 5.7.1 Virus found in message"};
constexpr Failure kExpired{1, "4.4.7", "451 4.4.7 Delivery time expired"};
constexpr Failure kDelayed{1, "4.4.1", "451 4.4.1 Connection timed out"};

Failure draw_failure(const Event& event, Random& random) {
  double left = random.unit() * 100;
  switch (event.kind) {
    case Kind::Delay:
      return kDelayed;
    case Kind::VirusNotice:
      return kVirus;
    case Kind::ContentNotice:
      return kSpam;
    default:
      break;
  }
  if (event.at - event.original > Days{3}) return kExpired;
  for (const Failure& failure : kFailures) {
    if ((left -= failure.weight) < 0) return failure;
  }
  return kFailures[0];
}

std::string make_queue_id(Random& random) {
  return random.letters(10, "0123456789BCDFGHJKLMNPQRSTVWXYZ");
}

// Of the first `most`.
const std::string& pick_one(const std::vector<std::string>& list, std::uint64_t most,
                            Random& random) {
  return list[static_cast<std::size_t>(random.below(std::min<std::uint64_t>(most, list.size())))];
}

// Without its trace, as Exchange rebuilds it.
std::string rebuild_header(std::string_view header) {
  std::string out;
  for (const std::string_view name : {"From", "To", "Subject", "Date", "Message-ID"}) {
    if (const std::string_view value = find_field(header, name); !value.empty())
      out += fmt::format("{}: {}\r\n", name, value);
  }
  return out;
}

}  // namespace

std::string render_date(Instant at) {
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<Days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  return fmt::format(
      "{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
      time.seconds().count());
}

Writer::Writer(const Scenario& scenario, std::uint64_t seed)
    : scenario_(scenario), residents_(scenario.site) {
  Random random(seed ^ 0x6a09e667f3bcc909);
  for (std::size_t i = 0; i < kFillerLines; ++i)
    filler_ += random.letters(kFillerLineBytes - 2,
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") +
               "\r\n";
  for (const Run& run : scenario.runs) {
    runs_.push_back({.sources = Ranks(run.sources, kSourceExponent),
                     .names = Ranks(run.names, kNameExponent),
                     .spam = &pick_text(Text::Use::Spam, random.unit()),
                     .link_host = random.letters(8) + ".example",
                     .seed = random.next()});
  }
}

std::string Writer::forge_local(const Run& run, const RunState& state, Random& random) const {
  switch (pick(run.forges, random.unit())) {
    case Forging::Held: {
      Random held(state.seed + random.below(run.addresses));
      return make_local(run.locals, held);
    }
    case Forging::Names: {
      Random name(state.seed * 3 + state.names.pick(random.unit()));
      return make_local(run.locals, name);
    }
    case Forging::Real:
      return pick_one(residents_.users(), run.addresses, random);
    case Forging::Roles:
      return pick_one(residents_.roles(), run.addresses, random);
    case Forging::Fresh:
      break;
  }
  return make_local(run.locals, random);
}

Writer::Original Writer::write_spam(const Run& run, const RunState& state, const Event& event,
                                    const std::string& server, Random& random) const {
  const std::string& domain =
      residents_.domains()[static_cast<std::size_t>(random.below(residents_.domains().size()))];
  Original out{.sender = forge_local(run, state, random) + "@" + domain, .at = event.original};
  const std::string_view victim_domain = domain_of_server(server);
  const std::string victim_local = make_local(LocalStyle::Dotted, random);
  out.victim = fmt::format("{}@{}", victim_local, victim_domain);
  const std::string bot = make_address(random.next());
  const std::string date = render_date(event.original);
  const std::string person = make_person(random);
  const std::string id = random.letters(14, "abcdef0123456789");
  const std::string ticket = random.letters(9, "0123456789");
  const double median = run.mean_bytes / std::exp(kSizeSpread * kSizeSpread / 2);
  const auto bytes = static_cast<std::size_t>(
      std::min(run.mean_bytes * kLargestOfMean, random.lognormal(median, kSizeSpread)));
  std::string filler;
  if (bytes > 4000) {
    const std::size_t lines = std::min(kFillerLines, (bytes - 3500) / kFillerLineBytes);
    const auto first = static_cast<std::size_t>(random.below(kFillerLines - lines + 1));
    filler = fmt::format(
        "--spam{}\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n", id);
    filler.append(filler_, first * kFillerLineBytes, lines * kFillerLineBytes);
  }
  Places places{};
  at(places, Place::To) = out.sender;
  at(places, Place::Victim) = out.victim;
  at(places, Place::VictimLocal) = victim_local;
  at(places, Place::VictimDomain) = victim_domain;
  at(places, Place::Date) = date;
  at(places, Place::Person) = person;
  at(places, Place::Id) = id;
  at(places, Place::Ticket) = ticket;
  at(places, Place::Boundary) = id;
  at(places, Place::Host) = state.link_host;
  at(places, Place::Filler) = filler;
  std::string message;
  message.reserve(bytes + 2048);
  state.spam->render(places, message);
  std::string header;
  split_message(message, header, out.body);
  if (random.chance(kWithoutId)) {
    const std::size_t from = header.find("Message-ID:");
    header.erase(from, header.find("\r\n", from) + 2 - from);
  }
  out.message_id = fmt::format("{}@{}", id, state.link_host);
  out.subject = find_field(header, "Subject");
  out.header = fmt::format(
      "Return-Path: <{}>\r\nReceived: from {} ([{}])\r\n\tby {} (Postfix) with SMTP id {}\r\n\tfor "
      "<{}>; {}\r\n{}",
      out.sender, random.letters(7), bot, server, make_queue_id(random), out.victim, date, header);
  return out;
}

Letter Writer::write_answer(const Event& event, const Original& original, const Draw& draw,
                            Random& random) const {
  const Text& text = pick_answer(event.kind, draw.language, draw.returns, random.unit());
  const bool returns = draw.returns != Returns::Little && text.can_return(draw.returns);
  const Failure failure = draw_failure(event, random);
  const std::string id = random.letters(12, "abcdef0123456789");
  const std::string queue = make_queue_id(random);
  const std::string ticket = random.letters(7, "123456789");
  const std::string person = make_person(random);
  const std::string date = render_date(event.at);
  const std::string original_date = render_date(original.at);
  const std::string retry_date = render_date(original.at + Days{5});
  const std::string remote = make_server(random.below(100'000));
  const std::string ip = make_address(random.next());
  const std::string boundary = "=_" + id;
  std::string part;
  std::string whole;
  if (returns) {
    const bool full = draw.returns == Returns::Full;
    whole = original.header;
    if (full) whole += "\r\n" + original.body;
    part = fmt::format("--{}\r\nContent-Type: {}\r\n\r\n{}\r\n", boundary,
                       full ? "message/rfc822" : "text/rfc822-headers", whole);
  } else if (text.can_return(Returns::Little) && random.chance(0.5)) {
    part = fmt::format("--{}\r\nContent-Type: text/rfc822-headers\r\n\r\n{}\r\n", boundary,
                       rebuild_header(original.header));
  }
  const std::size_t sign = original.victim.find('@');
  const std::string_view victim(original.victim);
  Places places{};
  at(places, Place::Mta) = draw.server;
  at(places, Place::MtaDomain) = domain_of_server(draw.server);
  at(places, Place::To) = original.sender;
  at(places, Place::Victim) = victim;
  at(places, Place::VictimLocal) = victim.substr(0, sign);
  at(places, Place::VictimDomain) = victim.substr(std::min(sign + 1, victim.size()));
  at(places, Place::Date) = date;
  at(places, Place::OriginalDate) = original_date;
  at(places, Place::RetryDate) = retry_date;
  at(places, Place::Id) = id;
  at(places, Place::OriginalId) = original.message_id;
  at(places, Place::Queue) = queue;
  at(places, Place::Ticket) = ticket;
  at(places, Place::Boundary) = boundary;
  at(places, Place::Subject) = original.subject;
  at(places, Place::Status) = failure.status;
  at(places, Place::Diagnostic) = failure.diagnostic;
  at(places, Place::Remote) = remote;
  at(places, Place::Ip) = ip;
  at(places, Place::Person) = person;
  at(places, Place::Host) = draw.server;
  at(places, Place::Part) = part;
  at(places, Place::Inline) = whole;
  std::string message;
  message.reserve(part.size() + 4096);
  text.render(places, message);

  Letter out{.client = draw.client,
             .client_name = draw.server,
             .recipient = original.sender,
             .queue_id = queue,
             .kind = event.kind,
             .returns_enough = returns,
             .sender_passes_dkim = draw.passes_dkim};
  split_message(message, out.header, out.body);
  const bool null = text.sender() == AnswerSender::Null && !random.chance(kNotNull);
  if (!null) {
    out.sender = text.sender() == AnswerSender::Null ? "postmaster@" + draw.server
                 : text.sender() == AnswerSender::List
                     ? fmt::format("news-bounces@{}", domain_of_server(draw.server))
                     : original.victim;
  }
  const std::string_view recipient(out.recipient);
  out.address_exists = residents_.exists(recipient.substr(0, recipient.find('@')));
  return out;
}

Letter Writer::write_backscatter(const Event& event) const {
  Random random(event.seed);
  const Run& run = scenario_.runs[event.section];
  const RunState& state = runs_[event.section];
  const std::uint64_t source = state.sources.pick(random.unit());
  Draw draw{.server = make_server(source + state.seed % 1'000'000),
            .client = make_address(source + state.seed),
            .language = pick(run.languages, random.unit()),
            .returns = pick(run.returns, random.unit()),
            .passes_dkim = run.sender_passes_dkim};
  const Original original = write_spam(run, state, event, draw.server, random);
  // A warning and the bounce that follows it are of one original, but are not one text.
  Random own(event.seed + static_cast<std::uint64_t>(event.at.time_since_epoch().count()));
  return write_answer(event, original, draw, own);
}

}  // namespace backstop::scenario
