#include "app/run_containment.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/escape.h"
#include "core/base/sample_limits.h"

namespace backstop::app {
namespace {

using ports::LogLevel;

// How old the disk may be.  What a crash loses of these changes no judgement.
constexpr Seconds kCountsRewrite{2};
constexpr Seconds kSendersRewrite{60};
// How often samples that are too old are looked for.
constexpr std::chrono::hours kTidied{1};
// How often rules that could not be read are tried again.
constexpr Seconds kRetry{60};

bool is_due(Instant& last, Seconds span, Instant now) {
  if (now >= last && now < last + span) return false;
  last = now;
  return true;
}

store::SampleLimits limits_of(const config::Config& config) {
  return {.per_minute = config.samples.per_minute,
          .bytes = std::uint64_t{config.samples.megabytes} * 1024 * 1024};
}

Result<watch::SenderBook> read_senders(const std::string& directory, Instant now) {
  const auto text = read_sealed(directory, kSendersFile, limits::kSenderFileBytes);
  if (!text && text.error().code == Errc::NotFound) return watch::SenderBook(now);
  if (!text) return tl::unexpected<Error>(text.error());
  auto book = watch::SenderBook::parse(*text);
  if (!book)
    return fail(Errc::Invalid, fmt::format("{}/{}", directory, kSendersFile),
                "holds a line of no form");
  return *std::move(book);
}

bool is_welcome(policy::Verdict verdict) {
  return verdict == policy::Verdict::Genuine || verdict == policy::Verdict::Late;
}

}  // namespace

RunContainment::RunContainment(const config::Config& config, ports::Alarms& alarms,
                               ports::LogSink& log, Instant now)
    : directory_(config.store_directory),
      alarms_(alarms),
      log_(log),
      samples_(config.store_directory, limits_of(config),
               [this](const std::string& trouble) {
                 log_.write(LogLevel::Warning,
                            trouble.empty() ? std::string("samples: kept again")
                                            : fmt::format("samples: {}", escape_terminal(trouble)));
               }),
      gathered_(std::make_shared<std::atomic<unsigned>>(0)),
      unproven_per_hour_(config.unproven_per_hour),
      counts_written_(now),
      senders_written_(now),
      tidied_(now - kTidied),
      rules_tried_(now),
      book_(now) {
  read_rules_anew();
  if (auto counts = read_rule_counts(directory_)) {
    counts_ = *std::move(counts);
  } else {
    log_.write(LogLevel::Warning,
               fmt::format("rules: counted anew: {}", escape_terminal(counts.error().text())));
  }
  if (auto senders = read_senders(directory_, now)) {
    book_ = *std::move(senders);
  } else {
    log_.write(LogLevel::Warning,
               fmt::format("senders: watched anew: {}", escape_terminal(senders.error().text())));
    senders_changed_ = true;
  }
  if (book_.on_watch(now)) senders_changed_ = true;
  senders_.store(std::make_shared<const watch::SenderBook>(book_));
}

std::shared_ptr<const void> RunContainment::find_room(Instant now) {
  if (!samples_.has_room(now)) return nullptr;
  if (gathered_->fetch_add(1) >= limits::kSamplesGathered) {
    gathered_->fetch_sub(1);
    return nullptr;
  }
  // It may outlive this.
  return {this, [gathered = gathered_](const void*) { gathered->fetch_sub(1); }};
}

void RunContainment::count(const transaction::CountRule& deed, Instant now) {
  const std::scoped_lock lock(mutex_);
  counts_[deed.rule].add(deed.deed, now);
  counts_changed_ = true;
}

void RunContainment::add_unproven(const mail::Address& recipient, Instant now) {
  if (unproven_per_hour_ == 0) return;
  const std::scoped_lock lock(mutex_);
  rate_.add(recipient, now);
}

bool RunContainment::is_over_rate(const mail::Address& recipient, Instant now) const {
  const unsigned most = unproven_per_hour_;
  if (most == 0) return false;
  const std::scoped_lock lock(mutex_);
  return rate_.count(recipient, now) >= most;
}

void RunContainment::on_record(const transaction::Record& record, std::string_view) {
  if (record.direction == transaction::Direction::Outgoing) {
    if (!record.sender_address || !record.sender_is_ours) return;
    const std::scoped_lock lock(mutex_);
    if (book_.on_sent(*record.sender_address, record.at)) senders_changed_ = true;
  } else if (record.direction == transaction::Direction::Inbound && record.reading != nullptr &&
             is_welcome(record.judgement.verdict)) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [address, is_ours] : record.recipient_addresses)
      if (is_ours && book_.on_welcome(address, record.at)) senders_changed_ = true;
  }
}

void RunContainment::read_rules_anew() {
  known_ = mark_of(directory_, kRulesFile);
  auto rules = read_rules(directory_);
  is_unread_ = !rules;
  if (!rules) {
    alarms_.raise(alarm::Alarm::RulesUnreadable,
                  fmt::format("{}; {}", escape_terminal(rules.error().text()),
                              rules_.load() == nullptr
                                  ? "no rule is in force"
                                  : "the rules read before stay in force, each to its end"));
    return;
  }
  alarms_.end(alarm::Alarm::RulesUnreadable, "the rules can be read");
  rules_.store(rules->empty() ? nullptr
                              : std::make_shared<const watch::RuleBook>(*std::move(rules)));
}

// Once for each: what it did belongs into the log of the day.
void RunContainment::tell_ended(Instant now) {
  const auto rules = rules_.load();
  std::set<unsigned> in_force;
  if (rules != nullptr)
    for (const watch::Rule& rule : rules->rules())
      if (rule.in_force(now)) in_force.insert(rule.number);
  for (const unsigned number : std::exchange(in_force_, in_force)) {
    const watch::Rule* const rule = rules == nullptr ? nullptr : rules->find(number);
    if (rule == nullptr || in_force.contains(number)) continue;
    RuleCounts counts;
    {
      const std::scoped_lock lock(mutex_);
      counts = counts_[number];
    }
    using transaction::RuleDeed;
    log_.write(LogLevel::Info,
               fmt::format("rule {} of {} ended: held {}, refused {}, refused without a copy {}",
                           rule->name(), escape_log(rule->domain), counts.of(RuleDeed::Held),
                           counts.of(RuleDeed::Refused), counts.of(RuleDeed::RefusedUnkept)));
  }
}

void RunContainment::tell_trouble(std::string& told, const std::string& trouble) {
  if (trouble == told) return;
  told = trouble;
  if (!trouble.empty()) log_.write(LogLevel::Error, escape_terminal(trouble));
}

void RunContainment::write_counts() {
  AllRuleCounts counts;
  {
    const std::scoped_lock lock(mutex_);
    if (!std::exchange(counts_changed_, false)) return;
    // Of rules that are forgotten nobody asks.
    const auto rules = rules_.load();
    std::erase_if(counts_, [&](const auto& entry) {
      return rules == nullptr || rules->find(entry.first) == nullptr;
    });
    counts = counts_;
  }
  const auto written = write_rule_counts(directory_, counts);
  tell_trouble(counts_trouble_, written ? "" : "rules: " + written.error().text());
  if (written) return;
  const std::scoped_lock lock(mutex_);
  counts_changed_ = true;
}

void RunContainment::write_senders() {
  std::shared_ptr<const watch::SenderBook> book;
  {
    const std::scoped_lock lock(mutex_);
    if (!std::exchange(senders_changed_, false)) return;
    book = std::make_shared<const watch::SenderBook>(book_);
  }
  senders_.store(book);
  const auto written = write_sealed(directory_, kSendersFile, book->render());
  tell_trouble(senders_trouble_, written ? "" : "senders: " + written.error().text());
  if (written) return;
  const std::scoped_lock lock(mutex_);
  senders_changed_ = true;
}

void RunContainment::beat(Instant now) {
  const bool again = is_unread_ && is_due(rules_tried_, kRetry, now);
  if (again || mark_of(directory_, kRulesFile) != known_) read_rules_anew();
  tell_ended(now);
  if (is_due(counts_written_, kCountsRewrite, now)) write_counts();
  if (is_due(senders_written_, kSendersRewrite, now)) {
    watch_senders(now);
    write_senders();
  }
  if (is_due(tidied_, kTidied, now)) samples_.tidy(now);
}

void RunContainment::watch_senders(Instant now) {
  const std::scoped_lock lock(mutex_);
  if (book_.on_watch(now)) senders_changed_ = true;
}

void RunContainment::take(const config::Config& config) {
  samples_.limit(limits_of(config));
  unproven_per_hour_ = config.unproven_per_hour;
}

void RunContainment::rest() {
  write_counts();
  write_senders();
  samples_.flush();
}

}  // namespace backstop::app
