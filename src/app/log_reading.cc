#include "app/log_reading.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/log_limits.h"
#include "core/mail/address.h"
#include "core/watch/hash.h"
#include "edge/logs/mail_log.h"

namespace backstop::app {
namespace {

using logs::LogEvent;
using logs::LogLine;
using watch::Data;
using watch::Seen;

// One line may have any date: what is further ahead or behind counts as of now, until so many
// agree.
constexpr std::chrono::hours kAhead{48};
constexpr std::chrono::hours kBehind{2};
constexpr unsigned kAheadLines = 8;
constexpr unsigned kBehindLines = 1000;

bool contains_word(std::string_view text, std::string_view lower) {
  const auto found =
      std::ranges::search(text, lower, [](char a, char b) { return ascii::to_lower(a) == b; });
  return !found.empty();
}

// Whether it is refused because nobody has that address.
bool names_unknown(std::string_view dsn, std::string_view text) {
  if (dsn == "5.1.1" || dsn == "4.1.1" || dsn == "5.1.10") return true;
  return contains_word(text, "user unknown") || contains_word(text, "unknown user") ||
         contains_word(text, "no such user") || contains_word(text, "unrouteable address") ||
         contains_word(text, "unknown recipient");
}

// It is no address of ours.
bool is_relaying(std::string_view text) {
  return contains_word(text, "relay access denied") || contains_word(text, "relaying denied") ||
         contains_word(text, "relay not permitted");
}

bool is_null(std::string_view sender) {
  if (sender.empty()) return true;
  const std::string local = ascii::lower(sender.substr(0, sender.find('@')));
  return local == "postmaster" || local == "mailer-daemon";
}

bool is_local(const IpAddress& address) {
  static const auto four = IpNetwork::parse("127.0.0.0/8").value();
  static const auto six = IpNetwork::parse("::1").value();
  return four.contains(address) || six.contains(address);
}

bool is_bounced(const LogLine& line) {
  return line.status == logs::kBounced;
}

template <class Map>
void make_room(Map& young, Map& old, std::size_t most) {
  if (young.size() < most) return;
  old = std::exchange(young, {});
}

}  // namespace

LogReading::LogReading(const config::Config& config, std::uint64_t seed)
    : config_(config), seed_(seed), watch_(seed) {}

std::optional<IpAddress> LogReading::address_of(std::string_view client) const {
  const std::size_t open = client.rfind('[');
  const std::size_t end = client.find(']', open);
  if (open == client.npos || end == client.npos) return std::nullopt;
  return IpAddress::parse(client.substr(open + 1, end - open - 1));
}

bool LogReading::is_own(const std::optional<IpAddress>& client) const {
  if (!client) return false;
  const auto holds = [&](const IpNetwork& network) { return network.contains(*client); };
  if (std::ranges::any_of(config_.relays.inbound, holds)) return false;
  return is_local(*client) || config_.is_own(*client);
}

bool LogReading::is_ours(std::string_view domain) const {
  if (!config_.domains.empty()) return config_.find_domain(domain) != nullptr;
  return learnt_.contains(domain);
}

void LogReading::learn(std::string_view domain) {
  if (!config_.domains.empty() || learnt_.size() >= limits::kLogReadDomains) return;
  if (!learnt_.contains(domain)) learnt_.emplace(domain);
}

std::string LogReading::sole_domain() const {
  if (config_.domains.size() == 1) return config_.domains.begin()->first;
  return config_.domains.empty() && learnt_.size() == 1 ? *learnt_.begin() : std::string();
}

std::optional<LogReading::Recipient> LogReading::split(std::string_view path) {
  const std::size_t at = path.rfind('@');
  if (at == path.npos || at + 1 == path.size() || path.size() > limits::kLogReadTextBytes * 2)
    return std::nullopt;
  std::string domain = ascii::lower(path.substr(at + 1));
  const bool is_plain = std::ranges::all_of(
      domain, [](char c) { return ascii::is_alnum(c) || c == '-' || c == '.'; });
  if (!is_plain || domain.back() == '.') domain = mail::canonical_domain(domain);
  return Recipient{std::string(path.substr(0, at)), std::move(domain)};
}

LogReading::Pending* LogReading::find(std::string_view id) {
  const std::string key(id);
  for (auto* generation : {&pending_.young, &pending_.old}) {
    const auto found = generation->find(key);
    if (found != generation->end()) return &found->second;
  }
  return nullptr;
}

LogReading::Pending& LogReading::made(std::string_view id) {
  if (Pending* const known = find(id)) return *known;
  make_room(pending_.young, pending_.old, limits::kLogReadMessages);
  return pending_.young[std::string(id)];
}

void LogReading::forget(std::string_view id) {
  const std::string key(id);
  if (pending_.young.erase(key) == 0) pending_.old.erase(key);
}

void LogReading::credit(std::string_view sender) {
  const auto from = split(sender);
  if (!from) return;
  const std::uint64_t key = watch::hash_text(ascii::lower(from->local) + '@' + from->domain, seed_);
  if (const auto old = credits_.old.find(key); old != credits_.old.end()) {
    ++old->second;
    return;
  }
  make_room(credits_.young, credits_.old, limits::kLogReadSenders);
  ++credits_.young[key];
}

bool LogReading::use_credit(std::string_view local, std::string_view domain) {
  const std::uint64_t key =
      watch::hash_text(ascii::lower(local) + '@' + std::string(domain), seed_);
  for (auto* generation : {&credits_.young, &credits_.old}) {
    const auto found = generation->find(key);
    if (found == generation->end() || found->second == 0) continue;
    --found->second;
    return true;
  }
  return false;
}

void LogReading::send(watch::Event event) {
  event.at = now_;
  watch_.add(event);
  for (watch::Change& change : watch_.poll(now_)) {
    using What = watch::Change::What;
    if (change.what != What::AlarmRaised && change.what != What::AlarmEnded) continue;
    const std::pair alarm(change.kind, change.domain);
    if (change.what == What::AlarmRaised && change.path != watch::Path::Connections)
      burst_clients_[alarm] = change.figures.clients;
    if (change.what == What::AlarmEnded && watch::is_attack(change.kind)) {
      LoggedAttack attack{.kind = change.kind,
                          .path = change.path,
                          .domain = change.domain,
                          .first = change.since,
                          .last = change.since + change.figures.over,
                          .n = change.figures.count,
                          .clients = std::max(change.figures.clients, burst_clients_[alarm]),
                          .factor = change.figures.factor};
      for (const watch::RunView& run : watch_.runs()) {
        if (run.id == change.run) attack.pattern = run.pattern;
      }
      if (report_.attacks.size() < limits::kLogReadAttacks) {
        report_.attacks.push_back(std::move(attack));
      } else {
        ++report_.attacks_left_out;
      }
    }
    if (change.what == What::AlarmEnded) burst_clients_.erase(alarm);
    if (changes_.size() < limits::kLogReadAttacks) changes_.push_back(std::move(change));
  }
}

void LogReading::tell_recipient(Instant, Seen what, const std::optional<IpAddress>& client,
                                std::string_view sender, std::string_view path, bool is_unknown,
                                Data data, bool is_forged) {
  const auto recipient = split(path);
  if (!recipient) return;
  if (!config_.domains.empty() && !is_ours(recipient->domain)) return;
  watch::Event event{
      .what = what,
      .client = client,
      .null_sender = is_null(sender),
      .local = recipient->local,
      .domain = recipient->domain,
      .address = is_unknown ? watch::AddressState::Nonexistent : watch::AddressState::Unknown,
      .data = data};
  if (event.null_sender && data != Data::NotReached) {
    ++report_.null_sender;
    if (use_credit(recipient->local, recipient->domain)) {
      ++report_.explained;
      event.proof = watch::Proof::Ledger;
    }
  }
  const watch::JudgedMessage forged{.kind = reading::Kind::Bounce,
                                    .verdict = watch::Verdict::Forged};
  if (is_forged && event.proof == watch::Proof::None) {
    event.what = Seen::Judged;
    event.message = &forged;
  }
  send(event);
}

void LogReading::on_arrival(const LogLine& line) {
  forget(line.queue_id);  // Queue ids come again.
  Pending& message = made(line.queue_id);
  message.client = address_of(line.client);
  message.who = line.login.substr(0, limits::kLogReadTextBytes);
  if (!message.client && message.who.empty())
    message.who = line.client.substr(0, limits::kLogReadTextBytes);
  const bool own = is_own(message.client);
  if (own && message.who.empty() && !is_local(*message.client))
    message.who = message.client->text();
  message.is_inbound = message.client && !own && message.who.empty();
}

void LogReading::flush_refusals(Pending& message, Instant at, bool is_empty) {
  if (message.client && !is_own(message.client)) {
    for (const Refusal& refusal : message.refusals) {
      if (refusal.is_unknown) {
        if (const auto recipient = split(refusal.recipient)) learn(recipient->domain);
      }
      tell_recipient(at, Seen::Refused, message.client, message.sender, refusal.recipient,
                     refusal.is_unknown, is_empty ? Data::Unknown : Data::Reached);
    }
  }
  message.refusals.clear();
}

void LogReading::on_accepted(const LogLine& line) {
  tells_messages_ = true;
  if (line.queue_id.empty()) return;
  const bool tells_client = !line.client.empty() || !line.login.empty();
  if (tells_client) {
    std::vector<Refusal> refusals;
    if (Pending* const known = find(line.queue_id)) refusals = std::move(known->refusals);
    on_arrival(line);
    made(line.queue_id).refusals = std::move(refusals);
  }
  Pending& message = made(line.queue_id);
  if (message.has_sender) return;  // Queued again.
  message.has_sender = true;
  message.sender = line.sender.substr(0, limits::kLogReadTextBytes);
  const bool has_refusals = !message.refusals.empty();
  flush_refusals(message, line.at, line.is_empty);
  if (line.is_empty) {
    if (line.has_recipients && !has_refusals && message.is_inbound && is_null(message.sender))
      on_left(line);
    forget(line.queue_id);
    return;
  }
  if (!line.parent.empty() && line.sender.empty()) {
    const Pending* const original = find(line.parent);
    if (original != nullptr) emit(*original, line.parent, original->cause);
  }
}

void LogReading::on_delivery(const LogLine& line) {
  tells_messages_ = true;
  Pending* const message = find(line.queue_id);
  if (message == nullptr) return;
  if (is_bounced(line) && message->cause.empty())
    message->cause = line.text.substr(0, limits::kLogReadTextBytes);
  if (!message->has_sender) return;
  const auto relay = address_of(line.relay);
  const bool goes_far = relay && is_global(*relay);
  for (const std::string& path : logs::split_recipients(line.recipient)) {
    const bool has_original = line.original_recipient.find('@') != line.original_recipient.npos;
    const std::string_view whom = has_original ? line.original_recipient : std::string_view(path);
    const auto recipient = split(whom);
    if (!recipient) continue;
    const std::uint64_t hash = watch::hash_text(path, seed_);
    const bool is_final = line.status == logs::kSent || is_bounced(line);
    if (message->is_inbound && is_final && !goes_far && line.relay != "none" &&
        is_global(*message->client))
      learn(recipient->domain);
    const bool outside = !is_ours(recipient->domain);
    const bool by_filter = relay && is_local(*relay);
    if (outside && is_final && !by_filter) {
      if (line.status == logs::kSent && !message->sender.empty()) credit(message->sender);
      if (!message->who.empty() && !is_null(message->sender)) {
        if (!std::exchange(message->has_counted_sender, true))
          outscatter_.add_sender(message->who, watch::hash_text(message->sender, seed_));
        outscatter_.add_recipient(message->who,
                                  is_bounced(line) && names_unknown(line.dsn, line.text));
      }
    }
    if (!message->is_inbound || outside) continue;
    const bool is_new = std::ranges::find(message->seen, hash) == message->seen.end() &&
                        message->seen.size() < limits::kLogReadRecipients;
    if (!is_new) continue;
    message->seen.push_back(hash);
    tell_recipient(line.at, Seen::Taken, message->client, message->sender, whom,
                   is_bounced(line) && names_unknown(line.dsn, line.text), Data::Reached);
  }
}

void LogReading::on_refused(const LogLine& line) {
  const bool is_temporary = line.status == logs::kDeferred || line.text.starts_with('4');
  const bool is_unknown = names_unknown(line.dsn, line.text);
  if (is_relaying(line.text)) return;
  if (line.client.empty() || !line.has_sender) {
    if (line.queue_id.empty() || line.recipient.empty()) return;
    Pending& message = made(line.queue_id);
    if (message.refusals.size() < limits::kLogReadRecipients && !is_temporary)
      message.refusals.push_back({std::string(line.recipient.substr(0, 512)), is_unknown});
    return;
  }
  const auto client = address_of(line.client);
  if (is_own(client) || (is_temporary && !is_null(line.sender))) return;
  // Our own refusals, by the milter's answer.
  const bool is_forged = contains_word(line.text, "no-proof-of-origin");
  std::string path(line.recipient);
  if (path.empty() && !sole_domain().empty()) path = "@" + sole_domain();
  if (const auto recipient = split(path); recipient && is_unknown) learn(recipient->domain);
  tell_recipient(line.at, Seen::Refused, client, line.sender, path, is_unknown,
                 is_forged ? Data::Reached : Data::Unknown, is_forged);
}

void LogReading::on_left(const LogLine& line) {
  const auto client = address_of(line.client);
  if (!client || is_own(client)) return;
  if (line.has_sender && !is_null(line.sender)) return;
  std::string path(line.recipient);
  // Postfix and Sendmail do not say whom it was for.
  if (path.empty()) path = "@" + sole_domain();
  if (path.size() == 1) {
    send({.what = Seen::Taken, .client = client, .null_sender = true, .data = Data::NotReached});
    return;
  }
  tell_recipient(line.at, Seen::Taken, client, "", path, false, Data::NotReached);
}

void LogReading::emit(const Pending& original, std::string_view id, std::string_view cause) {
  if (!original.is_inbound || !original.has_sender || original.sender.empty()) return;
  const auto to = split(original.sender);
  if (!to || is_ours(to->domain)) return;
  emitted_.add(original.sender, cause, id);
}

void LogReading::on_notice(const LogLine& line) {
  tells_messages_ = true;
  if (line.notice_id.empty() || line.text.starts_with("postmaster")) return;
  const Pending* const original = find(line.queue_id);
  if (original == nullptr) return;
  emit(*original, line.queue_id, original->cause.empty() ? line.text : original->cause);
}

void LogReading::add(const LogLine& line) {
  if (now_ == Instant{}) now_ = line.at;
  if (line.at > now_ + kAhead && ++ahead_ < kAheadLines) {
    // It may be a mistake.
  } else if (line.at >= now_) {
    now_ = line.at;
    ahead_ = behind_ = 0;
  } else if (line.at < now_ - kBehind && ++behind_ >= kBehindLines) {
    now_ = line.at;
    behind_ = 0;
  }
  if (!report_.first || now_ < *report_.first) report_.first = now_;
  report_.last = now_;
  ++report_.parsed;
  switch (line.event) {
    case LogEvent::Connection:
      if (is_own(address_of(line.client))) return;
      ++report_.connections;
      return send({.what = Seen::Connection});
    case LogEvent::Arrival:
      return on_arrival(line);
    case LogEvent::Named:
      return;
    case LogEvent::Accepted:
      return on_accepted(line);
    case LogEvent::Delivery:
      return on_delivery(line);
    case LogEvent::Refused:
      return on_refused(line);
    case LogEvent::Left:
      return on_left(line);
    case LogEvent::Notice:
      return on_notice(line);
    case LogEvent::Done:
      return forget(line.queue_id);
  }
}

std::vector<watch::Change> LogReading::take_changes() {
  return std::exchange(changes_, {});
}

LogReport LogReading::report() const {
  LogReport out = report_;
  out.runs = watch_.runs();
  for (const watch::AttackView& view : watch_.attacks()) {
    if (!watch::is_attack(view.kind)) continue;
    LoggedAttack attack{.kind = view.kind,
                        .path = view.path,
                        .domain = view.domain,
                        .first = view.first,
                        .last = view.last,
                        .stands = true,
                        .n = view.count,
                        .clients = view.clients,
                        .factor = view.factor};
    // The sketch of an alarm begins when it is raised.
    const auto burst = burst_clients_.find({view.kind, view.domain});
    if (burst != burst_clients_.end()) attack.clients = std::max(attack.clients, burst->second);
    for (const watch::RunView& run : out.runs) {
      if (run.id == view.run && view.run != 0) attack.pattern = run.pattern;
    }
    out.attacks.push_back(std::move(attack));
  }
  std::ranges::stable_sort(out.attacks, {}, &LoggedAttack::first);
  if (tells_messages_) {
    out.emitted = emitted_.list();
    out.outscatter = outscatter_.list();
  }
  out.emitted_total = emitted_.total();
  return out;
}

}  // namespace backstop::app
