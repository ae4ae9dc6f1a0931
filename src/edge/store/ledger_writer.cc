// The thread that writes the ledger's file.
#include <fmt/format.h>

#include <utility>

#include "edge/store/ledger_store.h"

namespace backstop::store {
namespace {

std::string what_it_means(std::string_view state) {
  return fmt::format(
      "The ledger {}. Mail flows and is signed; what is sent now is proved by its token only, and "
      "nothing that may answer it is called forged. It is tried again by itself. ",
      state);
}

}  // namespace

void LedgerStore::write_until_closed() {
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    if (!file_ && now >= next_try_) open_file();
    std::uint64_t flush_wanted = 0;
    bool is_closing = false;
    {
      const std::scoped_lock lock(wake_mutex_);
      is_tried_ = true;
      done_.notify_all();
    }
    wait_for_work();
    std::optional<Error> damage;
    {
      const std::scoped_lock lock(wake_mutex_);
      flush_wanted = flush_wanted_;
      is_closing = is_closing_;
      damage = std::exchange(damage_, std::nullopt);
    }
    has_work_ = false;
    if (damage) meet_damage(*damage);
    if (!file_ && (flush_wanted != flush_done_ || is_closing)) open_file();
    tell_alarms();
    watch_file();
    write_group();
    // What came in the middle of the first group.
    if ((is_closing || flush_wanted != flush_done_) && memory_.has_work()) write_group();
    age();
    {
      const std::scoped_lock lock(wake_mutex_);
      flush_worked_ = file_.has_value() && !failing_since_;
      flush_done_ = is_closing ? flush_wanted_ : flush_wanted;
      done_.notify_all();
    }
    if (is_closing) break;
  }
  leave_file();
  lock_.reset();
}

void LedgerStore::wait_for_work() {
  std::unique_lock lock(wake_mutex_);
  const auto is_urgent = [&] { return is_closing_ || flush_wanted_ != flush_done_ || damage_; };
  const bool is_well = file_ && !failing_since_;
  auto until = std::chrono::steady_clock::now() +
               (is_well && ages_on_ ? std::chrono::milliseconds{1} : options_.retry);
  if (!file_) until = next_try_;
  wake_.wait_until(lock, until, [&] { return is_urgent() || (is_well && has_work_.load()); });
  if (is_urgent() || !is_well || !has_work_.load()) return;
  wake_.wait_for(lock, limits::kStoreCommitWait, is_urgent);
}

// --- Opening

bool LedgerStore::is_lost_before_opening() const {
  const auto found = identify(path_);
  // A database is never empty once it was made.
  if (found) return found->bytes == 0;
  return had_file_ || options_.existed_before;
}

Result<void> LedgerStore::try_to_open(std::optional<Instant> lost_at) {
  BS_TRY(LedgerFile file, LedgerFile::open(path_, day_of(clock_.now()), lost_at));
  BS_TRY(LedgerReader reader, LedgerReader::open(path_));
  if (!has_accounts_) {
    BS_TRY(const auto accounts, file.read_accounts());
    memory_.add_accounts(accounts);
    has_accounts_ = true;
  }
  memory_.set_file(file);
  if (lost_at && has_counters_.load()) memory_.mark_all_changed();
  file_.emplace(std::move(file));
  identity_ = identify(path_).value_or(FileIdentity());
  had_file_ = true;
  next_lost_at_.reset();
  next_look_ = std::chrono::steady_clock::now();
  {
    const std::scoped_lock lock(wake_mutex_);
    tables_ = std::make_shared<const DayTables>(file_->tables());
    lost_at_ = file_->lost_at();
    reading_ = std::make_shared<Reading>(std::move(reader), ++generation_);
    damage_.reset();
  }
  lost_at_seconds_ = file_->lost_at() ? file_->lost_at()->time_since_epoch().count() : -1;
  is_away_ = false;
  indexer_wake_.notify_one();
  return {};
}

void LedgerStore::open_file() {
  next_try_ = std::chrono::steady_clock::now() + options_.retry;
  if (!lock_) {
    auto lock = LedgerLock::take(options_.directory);
    if (!lock) return tell_trouble(lock.error());
    lock_.emplace(std::move(*lock));
  }
  if (!next_lost_at_ && is_lost_before_opening()) {
    next_lost_at_ = clock_.now();
    observer_.on_alarm(
        alarm::Alarm::LedgerLost,
        fmt::format("{}: The ledger is gone or empty, and a new one is begun. For a lifetime of a "
                    "proof, mail that only the ledger could have proved is marked, not refused.",
                    path_));
  }
  auto opened = try_to_open(next_lost_at_);
  if (!opened && opened.error().code == Errc::Invalid) {
    meet_damage(opened.error());
    if (!next_lost_at_) return;
    opened = try_to_open(next_lost_at_);
  }
  if (!opened) tell_trouble(opened.error());
}

void LedgerStore::leave_file() {
  is_away_ = true;
  std::shared_ptr<Reading> reading;
  {
    const std::scoped_lock lock(wake_mutex_);
    reading.swap(reading_);
    ++generation_;
  }
  reading.reset();
  file_.reset();
}

void LedgerStore::meet_damage(const Error& error) {
  leave_file();
  const Instant now = clock_.now();
  const auto aside = move_aside(path_, now);
  if (!aside) return tell_trouble(aside.error());
  next_lost_at_ = now;
  next_try_ = {};
  observer_.on_alarm(
      alarm::Alarm::LedgerLost,
      fmt::format(
          "{} It was moved to {}, and a new ledger is begun. For a lifetime of a proof, mail "
          "that only the ledger could have proved is marked, not refused. See the disk; "
          "remove the damaged file when nobody wants to look into it.",
          error.text(), *aside));
}

// --- Running

void LedgerStore::watch_file() {
  const auto now = std::chrono::steady_clock::now();
  if (!file_ || now < next_look_) return;
  next_look_ = now + options_.retry;
  const auto found = identify(path_);
  if (found && found->is_same(identity_)) return;
  leave_file();
  next_lost_at_ = clock_.now();
  observer_.on_alarm(
      alarm::Alarm::LedgerLost,
      fmt::format(
          "{}: The ledger was {} while backstopd runs. What is there now is used, and for a "
          "lifetime of a proof mail that only the ledger could have proved is marked, not "
          "refused. Stop backstopd before you move its files.",
          path_, found ? "replaced" : "removed"));
  open_file();
}

// The file's day follows the clock at once over midnight; over more than a day, a day for each time
// that the clock has stood there.
std::optional<DayNumber> LedgerStore::next_horizon() {
  const DayNumber ahead = day_of(clock_.now()) - file_->horizon();
  const auto now = std::chrono::steady_clock::now();
  if (ahead <= 1) ahead_since_.reset();
  if (ahead <= 0) return std::nullopt;
  if (ahead > 1) {
    if (!ahead_since_) ahead_since_ = now;
    if (now - *ahead_since_ < options_.horizon_step) return std::nullopt;
    ahead_since_ = now;
  }
  return file_->horizon() + 1;
}

void LedgerStore::write_group() {
  if (!file_) return;
  auto horizon = next_horizon();
  // Only a write shows that writing works again.
  if (failing_since_ && !horizon) horizon = file_->horizon();
  if (!memory_.has_work() && !horizon) return;
  const DayNumber before = file_->horizon();
  LedgerGroup group = memory_.next_group(has_counters_.load());
  group.horizon = horizon;
  const auto written = file_->write(group);
  if (!written) {
    memory_.set_failed();
    if (written.error().code == Errc::Invalid) return meet_damage(written.error());
    return tell_trouble(written.error());
  }
  publish_tables();
  memory_.set_written();
  if (horizon && *horizon != before) {
    memory_.set_horizon(*horizon);
    told_ageing_.clear();
  }
  if (is_overfull_.load() && memory_.waiting_messages() < limits::kLedgerQueue / 2)
    is_overfull_ = false;
  if (failing_since_ && !is_overfull_.load()) set_working();
}

void LedgerStore::publish_tables() {
  auto tables = std::make_shared<const DayTables>(file_->tables());
  const std::scoped_lock lock(wake_mutex_);
  tables_.swap(tables);
}

void LedgerStore::age() {
  ages_on_ = false;
  // Rows that become fingerprints are read again by the indexer, which has enough to do at first.
  if (!file_ || failing_since_ || memory_.next_unindexed()) return;
  while (const auto day = memory_.counters().crowded_day()) {
    memory_.counters().drop(*day);
    if (const auto dropped = file_->drop_counters(*day); !dropped)
      return tell_ageing(dropped.error());
  }
  const DayTables before = file_->tables();
  const auto aged = file_->age();
  if (!aged) {
    if (aged.error().code == Errc::Invalid) return meet_damage(aged.error());
    return tell_ageing(aged.error());
  }
  ages_on_ = *aged != Aged::Nothing;
  if (*aged != Aged::TablesChanged) return;
  publish_tables();
  for (const DayNumber day : before.uses) {
    if (!file_->tables().uses.contains(day)) memory_.counters().drop(day);
  }
  for (const auto* const days : {&before.sent, &before.late}) {
    for (const DayNumber day : *days) {
      const bool is_sent = file_->tables().sent.contains(day);
      const bool is_late = file_->tables().late.contains(day);
      if (days == &before.sent ? !is_sent : !is_late) memory_.reindex(day, is_sent || is_late);
    }
  }
  indexer_wake_.notify_one();
}

// --- Telling

void LedgerStore::tell_trouble(const Error& error) {
  const std::string sentence =
      what_it_means(file_ ? "cannot be written" : "is away") + error.text();
  bool begins = false;
  Instant since = memory_.oldest_waiting().value_or(clock_.now());
  {
    const std::scoped_lock lock(wake_mutex_);
    begins = !failing_since_;
    if (begins) failing_since_ = since;
    trouble_ = sentence;
  }
  if (begins) {
    told_lost_ = lost_messages_.load();
    observer_.on_writes_failing(since);
  }
  if (std::exchange(told_, sentence) != sentence)
    observer_.on_notice(ports::LogLevel::Error, sentence);
}

// Nothing is lost by what stays longer than it must.
void LedgerStore::tell_ageing(const Error& error) {
  if (std::exchange(told_ageing_, error.text()) == error.text()) return;
  observer_.on_notice(ports::LogLevel::Warning,
                      fmt::format("{} Old days stay in the ledger until it works.", error.text()));
}

void LedgerStore::tell_alarms() {
  for (const proof::SentKey account : memory_.take_over_limit()) {
    observer_.on_alarm(
        alarm::Alarm::LedgerRowLimit,
        fmt::format(
            "The account #{:016x} has had {} rows recorded today; nothing more of it is "
            "recorded before tomorrow, and its mail is proved by its token only. See in the "
            "mail server's log who sends so much: an account may be stolen.",
            account, limits::kLedgerRowsPerAccount));
  }
  if (is_overfull_.load() && !failing_since_)
    tell_trouble({Errc::Limit, path_,
                  fmt::format("More than {} messages wait to be written: the disk is too slow.",
                              limits::kLedgerQueue)});
}

void LedgerStore::set_working() {
  const Instant now = clock_.now();
  Instant since = now;
  {
    const std::scoped_lock lock(wake_mutex_);
    since = std::exchange(failing_since_, std::nullopt).value_or(now);
    trouble_.clear();
  }
  told_.clear();
  const std::uint64_t lost = lost_messages_.load() - told_lost_;
  observer_.on_notice(
      ports::LogLevel::Info,
      fmt::format(
          "{}: The ledger is written again. It was not from {} to {}; {} of the messages sent "
          "in that time are not in it.",
          path_, render_instant(since), render_instant(now), lost));
  observer_.on_writes_working(now);
}

}  // namespace backstop::store
