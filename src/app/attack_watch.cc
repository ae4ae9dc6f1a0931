#include "app/attack_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <filesystem>
#include <utility>

#include "core/base/escape.h"
#include "core/base/watch_limits.h"
#include "core/transaction/attack_state.h"
#include "core/transaction/origin.h"
#include "core/watch/judged.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

using ports::LogLevel;
using watch::Change;

watch::Proof find_proof(const policy::Facts& facts) {
  constexpr auto kValid = proof::ProofResult::Valid;
  if (facts.token == kValid) return watch::Proof::Token;
  if (facts.ledger == kValid) return watch::Proof::Ledger;
  if (facts.dkim == kValid) return watch::Proof::Dkim;
  return facts.tag == kValid ? watch::Proof::Tag : watch::Proof::None;
}

std::optional<alarm::Alarm> alarm_of(watch::AttackKind kind) {
  switch (kind) {
    case watch::AttackKind::Backscatter:
      return alarm::Alarm::BackscatterAttack;
    case watch::AttackKind::Dictionary:
      return alarm::Alarm::DictionaryAttack;
    case watch::AttackKind::HelpDesk:
      return alarm::Alarm::HelpdeskFlood;
    case watch::AttackKind::Callout:  // Harm nobody here.
    case watch::AttackKind::OwnNewsletter:
      break;
  }
  return std::nullopt;
}

std::uint64_t make_seed(ports::Entropy& entropy) {
  std::array<std::uint8_t, sizeof(std::uint64_t)> seed{};
  entropy.fill(seed);
  return std::bit_cast<std::uint64_t>(seed);
}

// Of "mx.example.org[192.0.2.1]" and "host [192.0.2.1]".
std::optional<IpAddress> find_client(std::string_view logged) {
  const std::size_t from = logged.rfind('[');
  const std::size_t to = logged.rfind(']');
  if (from == logged.npos || to == logged.npos || to < from) return IpAddress::parse(logged);
  return IpAddress::parse(logged.substr(from + 1, to - from - 1));
}

// "bob@example.com" or "example.com"; escaped.
std::string place_of(const Change& change) {
  return escape_terminal(change.mailbox.empty() ? change.domain
                                                : change.mailbox + "@" + change.domain);
}

}  // namespace

AttackWatch::AttackWatch(const std::string& directory, ports::Entropy& entropy, ports::LogSink& log,
                         ports::Alarms& alarms, Instant now)
    : path_(directory.empty() ? "" : fmt::format("{}/{}", directory, kWatchFile)),
      log_(log),
      alarms_(alarms),
      watch_(make_seed(entropy)),
      written_(now) {
  if (!path_.empty()) read();
  list_.store(watch_.attack_list());
  find_counts();
  // What stood when the daemon stopped, and nobody knows of any more.
  const std::vector<watch::AttackView> attacks = watch_.attacks();
  for (unsigned i = 0; i < watch::kAttackKinds; ++i) {
    const auto kind = static_cast<watch::AttackKind>(i);
    const auto alarm = alarm_of(kind);
    if (alarm && std::ranges::find(attacks, kind, &watch::AttackView::kind) == attacks.end())
      alarms_.end(*alarm, "nothing is known of it any more");
  }
}

void AttackWatch::read() {
  const auto text = os::read_text_file(path_, limits::kWatchFileBytes);
  if (!text && text.error().code == Errc::NotFound) return;
  auto watch = text ? watch::Watch::parse(*text) : tl::unexpected(text.error());
  if (watch) {
    watch_ = *std::move(watch);
    return;
  }
  std::error_code ignored;
  std::filesystem::rename(path_, path_ + ".damaged", ignored);
  alarms_.raise(
      alarm::Alarm::WatchFailing,
      fmt::format("what was watched for attacks cannot be read, and is begun anew: {} {}; what it "
                  "held of normal rates and runs is learnt again",
                  escape_terminal(path_), escape_terminal(watch.error().text())));
}

void AttackWatch::write(Instant now) {
  written_ = now;
  changed_ = false;
  if (path_.empty()) return;
  const auto written = os::write_text_file(path_, watch_.render(), 0640);
  if (written) {
    if (std::exchange(is_failing_, false))
      alarms_.end(alarm::Alarm::WatchFailing, "what is watched is written again");
    return;
  }
  changed_ = true;
  if (std::exchange(is_failing_, true)) return;
  alarms_.raise(alarm::Alarm::WatchFailing,
                fmt::format("what is watched for attacks is known in memory only, and tried again "
                            "every minute: {}",
                            escape_terminal(written.error().text())));
}

void AttackWatch::on_record(const transaction::Record& record, std::string_view /*queue_id*/) {
  if (record.direction != transaction::Direction::Inbound || record.reading == nullptr) return;
  Waiting one{.at = record.at,
              .client = record.client,
              .null_sender = !record.sender_address ||
                             transaction::is_automatic_sender(*record.sender_address),
              .recipients = {},
              .reading = record.reading};
  for (std::size_t i = 0; i < record.recipient_addresses.size() && i < record.facts.size(); ++i) {
    const auto& [address, is_ours] = record.recipient_addresses[i];
    if (!is_ours) continue;
    one.recipients.push_back(
        {.address = address,
         .verdict = transaction::name_as_watch(policy::decide(record.facts[i]).verdict),
         .proof = find_proof(record.facts[i])});
  }
  if (!one.recipients.empty()) wait(std::move(one));
}

void AttackWatch::on_logged(const logs::LogLine& line, Instant now) {
  // With a queue id it is a message that was refused; ours are judged, and have a record.
  const bool is_final = line.dsn.starts_with('5');
  if (line.event != logs::LogEvent::Refused || !line.queue_id.empty() || !line.has_sender ||
      !is_final)
    return;
  auto recipient = mail::parse_path(line.recipient);
  if (!recipient || recipient->domain.empty()) return;
  const auto sender = mail::parse_path(line.sender);
  const auto client = find_client(line.client);
  const bool is_unknown = line.dsn == "5.1.1" || line.dsn == "5.1.10";
  Waiting one{
      .at = std::min(line.at, now),
      .client = client ? client->text() : std::string(),
      .null_sender = line.sender.empty() || (sender && transaction::is_automatic_sender(*sender)),
      .recipients = {},
      .reading = nullptr};
  one.recipients.push_back(
      {.address = *std::move(recipient),
       .state = is_unknown ? watch::AddressState::Nonexistent : watch::AddressState::Unknown});
  wait(std::move(one));
}

void AttackWatch::wait(Waiting one) {
  const std::scoped_lock lock(mutex_);
  if (waiting_.size() >= limits::kWatchQueue) {
    ++left_out_;
    return;
  }
  waiting_.push_back(std::move(one));
}

void AttackWatch::add_refused(const Waiting& one) {
  for (const Waiting::Recipient& recipient : one.recipients) {
    const std::string domain = mail::canonical_domain(recipient.address.domain);
    watch_.add({.at = one.at,
                .what = watch::Seen::Refused,
                .client = IpAddress::parse(one.client),
                .null_sender = one.null_sender,
                .local = recipient.address.local,
                .domain = domain,
                .address = recipient.state});
  }
}

void AttackWatch::add(const Waiting& one) {
  if (one.reading == nullptr) return add_refused(one);
  const auto client = IpAddress::parse(one.client);
  for (const Waiting::Recipient& recipient : one.recipients) {
    const watch::Judged judged(*one.reading, recipient.verdict);
    const std::string domain = mail::canonical_domain(recipient.address.domain);
    const bool is_known = recipient.proof == watch::Proof::None &&
                          recipient.verdict == watch::Verdict::Unproven && is_known_ &&
                          is_known_(*one.reading, domain);
    watch_.add({.at = one.at,
                .what = watch::Seen::Judged,
                .client = client,
                .null_sender = one.null_sender,
                .local = recipient.address.local,
                .domain = domain,
                .proof = is_known ? watch::Proof::LearntPath : recipient.proof,
                .data = watch::Data::Reached,
                .message = &judged.message()});
  }
}

// The alarm is one for all domains; it is over when the last of them is.
void AttackWatch::end_alarm(const Change& change) {
  const auto alarm = alarm_of(change.kind);
  const std::vector<watch::AttackView> attacks = watch_.attacks();
  const bool goes_on = std::ranges::any_of(
      attacks, [&](const watch::AttackView& attack) { return attack.kind == change.kind; });
  const std::string sentence = fmt::format("{} at {}: {}", watch::name_of(change.kind),
                                           place_of(change), escape_terminal(say(change)));
  if (alarm && !goes_on) return alarms_.end(*alarm, sentence);
  log_.write(LogLevel::Info, fmt::format("watch: over: {}", sentence));
}

void AttackWatch::tell(const Change& change) {
  changed_ = true;
  const std::string sentence = escape_terminal(say(change));
  if (change.what == Change::What::AlarmEnded) return end_alarm(change);
  if (change.what != Change::What::AlarmRaised)
    return log_.write(LogLevel::Info, fmt::format("watch: {}", sentence));
  const std::string where =
      change.run == 0 ? place_of(change) : fmt::format("{}, run {}", place_of(change), change.run);
  if (const auto alarm = alarm_of(change.kind))
    return alarms_.raise(*alarm, fmt::format("{}: {}", where, sentence));
  const std::string_view what =
      change.kind == watch::AttackKind::Callout ? "call-outs" : "no attack";
  log_.write(LogLevel::Info, fmt::format("watch: {} at {}: {}", what, where, sentence));
}

void AttackWatch::find_counts() {
  Counts counts;
  for (const watch::AttackView& attack : watch_.attacks())
    counts.attacks += watch::is_attack(attack.kind) ? 1U : 0U;
  counts.runs = watch_.open_runs();
  counts.bytes = watch_.memory_bytes();
  const std::scoped_lock lock(mutex_);
  counts_ = counts;
}

AttackWatch::Counts AttackWatch::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

void AttackWatch::beat(Instant now) {
  std::vector<Waiting> waiting;
  std::uint64_t left_out = 0;
  {
    const std::scoped_lock lock(mutex_);
    waiting.swap(waiting_);
    left_out = std::exchange(left_out_, 0);
  }
  for (const Waiting& one : waiting)
    add(one);
  changed_ = changed_ || !waiting.empty();
  if (left_out > 0)
    log_.write(LogLevel::Warning,
               fmt::format("watch: {} messages of this second were not watched: too many at once",
                           left_out));
  for (const Change& change : watch_.poll(now))
    tell(change);
  list_.store(watch_.attack_list());
  if (!waiting.empty() || now - written_ >= kWatchRewrite) find_counts();
  if (changed_ && (now - written_ >= kWatchRewrite || now < written_)) write(now);
}

void AttackWatch::rest() {
  const Instant now = written_;
  std::vector<Waiting> waiting;
  {
    const std::scoped_lock lock(mutex_);
    waiting.swap(waiting_);
  }
  for (const Waiting& one : waiting)
    add(one);
  if (changed_ || !waiting.empty()) write(now);
}

}  // namespace backstop::app
