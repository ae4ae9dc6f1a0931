#include "app/log_watch.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/escape.h"
#include "core/base/limits.h"
#include "core/mail/address.h"
#include "core/proof/tag.h"
#include "edge/logs/mail_log.h"

namespace backstop::app {
namespace {

using logs::LogEvent;
using logs::LogLine;

// Reads of one log in one poll, so that a flood of lines does not keep the heartbeat waiting.
constexpr unsigned kReadsPerPoll = 8;
// A stamp further than this from now is a clock's or a zone's mistake.
constexpr std::chrono::hours kStampTrust{24};
constexpr std::chrono::minutes kTellAgain{1};

bool contains(const std::vector<IpNetwork>& networks, const IpAddress& address) {
  return std::ranges::any_of(networks, [&](const IpNetwork& n) { return n.contains(address); });
}

// Handed in by a user or a host of ours, for the first time.  `client`: "host[192.0.2.1]", a local
// user's name or "uid=1000"; what a stranger calls itself stands before the brackets.
bool is_own_client(const config::Config& config, std::string_view client, std::string_view login) {
  const std::size_t open = client.rfind('[');
  if (open == std::string_view::npos) return !login.empty() || !client.empty();
  const std::size_t end = client.find(']', open);
  if (end == std::string_view::npos) return false;
  const auto address = IpAddress::parse(client.substr(open + 1, end - open - 1));
  if (address &&
      (contains(config.relays.reinject, *address) || contains(config.relays.inbound, *address)))
    return false;
  return !login.empty() || (address && config.is_own(*address));
}

// A user who logs in may do so from anywhere, and a local program has no address: what took it in
// names their path.  A host of ours is a path of its own.
coverage::PathName path_of(std::string_view client, std::string_view login,
                           std::string_view program) {
  const std::size_t open = client.rfind('[');
  const std::size_t end = client.find(']', open);
  if (login.empty() && open != std::string_view::npos && end != std::string_view::npos) {
    if (const auto address = IpAddress::parse(client.substr(open + 1, end - open - 1)))
      return {coverage::PathKind::Client, address->text()};
  }
  return {coverage::PathKind::Service, coverage::clean_path_name(program)};
}

bool is_signed_for(const config::Config& config, std::string_view sender) {
  const auto address = mail::parse_path(sender);
  if (!address || address->is_null()) return false;
  const config::Domain* domain = config.find_domain(mail::canonical_domain(address->domain));
  return domain != nullptr && domain->mode != policy::Mode::Off && domain->sends_mail;
}

bool is_guarded(const config::Config& config, std::string_view recipient) {
  const auto address = mail::parse_path(recipient);
  return address && config.find_domain(mail::canonical_domain(address->domain)) != nullptr;
}

bool is_postfix(std::string_view program) {
  return program.find("postfix") != std::string_view::npos;
}

// To another host; delivery into a mailbox or a program of this one brings back no bounce.
bool goes_out(const LogLine& line) {
  return line.event == LogEvent::Delivery &&
         (line.program.ends_with("/smtp") || line.program.ends_with("/relay"));
}

}  // namespace

LogWatch::LogWatch(const std::vector<std::string>& paths,
                   const ports::SurroundingsSource& surroundings, SigningWatch& gaps,
                   ports::LogSink& log, ports::Alarms& alarms)
    : surroundings_(surroundings),
      gaps_(gaps),
      log_(log),
      alarms_(alarms),
      troubles_(paths.size()) {
  for (const std::string& path : paths)
    followers_.emplace_back(path);
}

void LogWatch::saw(const proof::SentMessage& message) {
  const std::scoped_lock lock(mutex_);
  seen_.make_room(limits::kLogWatchSeen);
  if (message.message) seen_.young.insert(*message.message);
  if (message.queue_id) seen_.young.insert(*message.queue_id);
}

bool LogWatch::was_seen(const Pending& message) {
  const std::scoped_lock lock(mutex_);
  const auto saw_key = [&](const std::optional<proof::SentKey>& key) {
    return key && (seen_.young.contains(*key) || seen_.old.contains(*key));
  };
  return saw_key(message.queue_id) || saw_key(message.message);
}

void LogWatch::poll(Instant now) {
  const transaction::Surroundings in_force = surroundings_.current();
  for (std::size_t i = 0; i < followers_.size(); ++i) {
    logs::LogFollower::Polled polled;
    for (unsigned reads = 0; reads < kReadsPerPoll; ++reads) {
      polled = followers_[i].poll(now, [&](const LogLine& line) { on_line(line, in_force, now); });
      if (!polled.more) break;
    }
    if (std::exchange(troubles_[i], polled.trouble) == polled.trouble) continue;
    log_.write(ports::LogLevel::Warning,
               fmt::format("logs.mail: {}: {}", escape_terminal(followers_[i].path()),
                           polled.trouble.empty() ? "is followed"
                                                  : escape_terminal(polled.trouble) +
                                                        "; mail that passes by us is not noticed"));
  }
  conclude(now);
}

LogWatch::Pending* LogWatch::find(std::string_view queue_id) {
  const std::string key(queue_id);
  for (auto* generation : {&pending_.young, &pending_.old}) {
    const auto found = generation->find(key);
    if (found != generation->end()) return &found->second;
  }
  return nullptr;
}

void LogWatch::forget(const std::string& queue_id) {
  pending_.young.erase(queue_id);
  pending_.old.erase(queue_id);
}

void LogWatch::begin(const LogLine& line, Instant now) {
  const bool is_credible = line.at >= now - kStampTrust && line.at <= now + kStampTrust;
  const std::string key(line.queue_id);
  forget(key);  // Queue ids come again.
  pending_.make_room(limits::kLogWatchMessages / 2);
  Pending& message = pending_.young[key];
  message.arrived = is_credible ? line.at : now;
  message.path = path_of(line.client, line.login, line.program);
}

void LogWatch::on_line(const LogLine& line, const transaction::Surroundings& in_force,
                       Instant now) {
  if (line.event == LogEvent::Refused && on_refused_ && in_force.config != nullptr &&
      is_guarded(*in_force.config, line.recipient))
    on_refused_(line);
  if (line.queue_id.empty() || in_force.config == nullptr || in_force.hasher == nullptr) return;
  const config::Config& config = *in_force.config;
  const bool tells_client = line.event == LogEvent::Arrival ||
                            (line.event == LogEvent::Accepted && !is_postfix(line.program));
  if (tells_client && is_own_client(config, line.client, line.login)) begin(line, now);
  Pending* const message = find(line.queue_id);
  if (message == nullptr) return;
  if (!line.message_id.empty()) message->message = in_force.hasher->message(line.message_id);
  if (line.event == LogEvent::Accepted && message->sender.empty()) {
    if (!is_signed_for(config, line.sender)) return forget(std::string(line.queue_id));
    message->sender = line.sender.substr(0, limits::kPathBytes);
    message->queue_id = in_force.hasher->queue_id(line.queue_id);
  }
  if (line.event == LogEvent::Delivery && line.status == logs::kBounced)
    learn(line, *message, in_force, now);
  const bool went_out = goes_out(line) || (tells_client && line.event == LogEvent::Accepted);
  if (went_out && !message->sender.empty() && !std::exchange(message->is_due, true))
    due_.push_back({.at = now + kUnseenWait, .queue_id = std::string(line.queue_id)});
  // One that is due may be out of the queue by then.
  if ((line.event == LogEvent::Done || line.event == LogEvent::Refused) && !message->is_due)
    forget(std::string(line.queue_id));
}

void LogWatch::learn(const LogLine& line, const Pending& message,
                     const transaction::Surroundings& in_force, Instant now) const {
  if (!on_refusal_ || in_force.ring == nullptr) return;
  const auto sender = mail::parse_path(message.sender);
  if (!sender || !proof::blames_sender(line.dsn, line.text)) return;
  const auto plain = proof::unsign_tag(*sender, *in_force.ring);
  if (!plain) return;
  const bool is_credible = line.at >= now - kStampTrust && line.at <= now + kStampTrust;
  for (const std::string& path : logs::split_recipients(line.recipient)) {
    const auto recipient = mail::parse_path(path);
    if (!recipient || recipient->domain.empty()) continue;
    const std::string domain = mail::canonical_domain(recipient->domain);
    if (in_force.config->find_domain(domain) != nullptr) continue;
    on_refusal_({is_credible ? line.at : now, domain, mail::canonical(*plain)});
  }
}

void LogWatch::conclude(Instant now) {
  while (!due_.empty() && now >= due_.front().at) {
    const Due due = std::move(due_.front());
    due_.pop_front();
    const Pending* const message = find(due.queue_id);
    if (message == nullptr || !message->is_due) continue;
    const bool seen = was_seen(*message);
    if (on_sending_) on_sending_({message->path, message->sender, message->arrived, seen});
    if (!seen) {
      gaps_.unseen(message->arrived);
      tell(*message, due.queue_id, now);
    }
    forget(due.queue_id);
  }
  while (due_.size() > limits::kLogWatchMessages)
    due_.pop_front();
}

void LogWatch::tell(const Pending& message, std::string_view queue_id, Instant now) {
  ++untold_;
  if (told_ && now < *told_ + kTellAgain && now >= *told_) return;
  told_ = now;
  alarms_.raise(alarm::Alarm::UnseenMail,
                fmt::format("{} messages of ours passed by us unsigned, the last is {} from={} "
                            "at {}: put our milter on every service that takes mail "
                            "(smtpd_milters, non_smtpd_milters)",
                            std::exchange(untold_, 0), escape_log(queue_id),
                            escape_log(message.sender), render_instant(message.arrived)));
}

}  // namespace backstop::app
