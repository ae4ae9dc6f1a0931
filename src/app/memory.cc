#include "app/memory.h"

#include <fmt/format.h>

#include <filesystem>

#include "core/base/escape.h"
#include "edge/os/heartbeat.h"

namespace backstop::app {
namespace {

// Makes the directory when it is missing; whoever needs it says what is wrong when it cannot be.
const std::string& make_directory(const std::string& path) {
  std::error_code error;
  if (std::filesystem::create_directories(path, error)) {
    std::filesystem::permissions(path,
                                 std::filesystem::perms::owner_all |
                                     std::filesystem::perms::group_read |
                                     std::filesystem::perms::group_exec,
                                 error);
  }
  return path;
}

// A heartbeat of an earlier life says that there was a ledger beside it.
bool lived_before(const std::string& directory) {
  const auto beat = os::read_last_beat(directory);
  return beat && beat->has_value();
}

}  // namespace

void Memory::Observer::on_notice(ports::LogLevel level, std::string_view sentence) {
  log_.write(level, fmt::format("ledger: {}", escape_terminal(sentence)));
}

void Memory::Observer::on_alarm(alarm::Alarm alarm, std::string_view sentence) {
  alarms_.raise(alarm, fmt::format("ledger: {}", escape_terminal(sentence)));
}

Memory::Memory(const config::Config& config, ports::SigningPermits& permits,
               const ports::Clock& clock, const ports::SurroundingsSource& surroundings,
               ports::DkimKeyLookup& keys, ports::LogSink& log, ports::Alarms& alarms)
    : permits_(permits),
      surroundings_(surroundings),
      keys_(keys),
      existed_before_(lived_before(make_directory(config.store_directory))),
      watch_(config.store_directory, config.lifetime, log, alarms, clock.now()),
      ring_(config.store_directory, alarms),
      tags_(config.store_directory, log),
      last_tag_(config.store_directory, log),
      observer_(log, alarms, watch_),
      log_watch_(
          config.mail_logs.empty()
              ? nullptr
              : std::make_unique<LogWatch>(config.mail_logs, surroundings, watch_, log, alarms)),
      history_(config.store_directory, {.days = config.history_days, .rows = config.history_rows},
               clock,
               [&alarms](const store::HistoryStore::Trouble& trouble) {
                 const std::string sentence =
                     fmt::format("history: {}", escape_terminal(trouble.sentence));
                 if (trouble.is_over) {
                   alarms.end(alarm::Alarm::HistoryFailing, sentence);
                 } else {
                   alarms.raise(alarm::Alarm::HistoryFailing, sentence);
                 }
               }),
      ledger_({.directory = config.store_directory, .existed_before = existed_before_}, clock,
              observer_),
      answers_(ledger_) {
  if (log_watch_ != nullptr)
    log_watch_->tell_refusals([this](const proof::TagRefusal& refusal) { tags_.learn(refusal); });
}

Memory::~Memory() = default;

void Memory::look_at_ring(Instant now) {
  ring_.look(surroundings_.current().hasher.get(), now);
}

void Memory::beat(Instant now) {
  look_at_ring(now);
  watch_.beat(now);
  if (log_watch_ != nullptr) log_watch_->poll(now);
  tags_.beat(now);
  last_tag_.beat();
}

void Memory::rest(Instant now) {
  watch_.rest(now);
}

void Memory::take(const config::Config& config) {
  watch_.set_lifetime(config.lifetime);
  history_.set_limits({.days = config.history_days, .rows = config.history_rows});
}

void Memory::record_sent(const proof::SentMessage& message) {
  ledger_.record_sent(message);
  if (log_watch_ != nullptr) log_watch_->saw(message);
}

void Memory::append(transaction::HistoryRow row) {
  if (row.direction == transaction::Direction::Outgoing) {
    if (row.is_signed) {
      watch_.signing_works(row.at);
    } else {
      watch_.signing_failed(row.at);
    }
  }
  history_.append(std::move(row));
}

void Memory::ask_ledger(const proof::LedgerQuery& query, Instant now, Done done) {
  answers_.ask(query, now, std::move(done));
}

}  // namespace backstop::app
