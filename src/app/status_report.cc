#include "app/status_report.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>

#include "app/alarm_board.h"
#include "app/enforce_outlook.h"
#include "app/ring_watch.h"
#include "app/text_page.h"
#include "edge/os/gap_file.h"
#include "edge/os/key_store.h"
#include "edge/store/day_tables.h"
#include "edge/store/history_reader.h"
#include "edge/store/history_schema.h"
#include "edge/store/ledger_store.h"

namespace backstop::app {
namespace {

namespace fs = std::filesystem;

// A beat comes every second.
constexpr Seconds kBeatFresh{10};
constexpr Days kWeek{7};
constexpr unsigned kSpanDays = 14;
// Below this a busy server fills the disk before somebody looks again.
constexpr std::uint64_t kFreeBytesMin = 200'000'000;
// An open gap's end on the disk may be as old as this.
constexpr std::chrono::minutes kGapOpen{2};

Totals& operator+=(Totals& totals, const store::HistoryCount& count) {
  if (count.what == "signed") {
    totals.signed_out += count.count;
    return totals;
  }
  if (count.what == "unsigned") {
    totals.unsigned_out += count.count;
    return totals;
  }
  totals.judged += count.count;
  const bool is_ours = count.what == "genuine" || count.what == "late";
  if (count.what == "genuine") totals.genuine += count.count;
  if (count.what == "late") totals.late += count.count;
  if (count.what == "unproven") totals.unproven += count.count;
  if (count.what == "replayed") totals.replayed += count.count;
  if (count.what == "forged") totals.forged += count.count;
  const bool refused = count.decision == "refuse";
  const bool would_be = count.enforced == "refuse";
  if (refused) totals.refused += count.count;
  if (!refused && would_be) totals.would_refuse += count.count;
  if ((refused || would_be) && is_ours) totals.genuine_would_refuse += count.count;
  return totals;
}

class Survey {
 public:
  explicit Survey(const Basis& basis) : basis_(basis), config_(basis.config) {
    report_.now = basis.now;
    report_.store_directory = config_.store_directory;
  }

  StatusReport run() {
    look_at_heartbeat();
    look_at_keys();
    look_at_domains();
    look_at_history();
    look_at_ledger();
    look_at_gaps();
    look_at_canary();
    look_at_ring();
    look_at_alarms();
    look_at_directory();
    judge_domains();
    return std::move(report_);
  }

 private:
  void add_problem(std::string sentence) { report_.problems.push_back(std::move(sentence)); }

  void look_at_heartbeat() {
    auto beat = os::read_last_beat(config_.store_directory);
    if (!beat) {
      add_problem("Whether backstopd runs cannot be told: " + beat.error().text());
      return;
    }
    report_.beat = *beat;
    if (!report_.beat) {
      add_problem(
          fmt::format("backstopd never ran with {}: start it, and see that this command "
                      "reads the same configuration.",
                      config_.store_directory));
      return;
    }
    // A beat from the future is of a clock that was set back.
    const Seconds age = report_.now - report_.beat->at;
    report_.is_running = age <= kBeatFresh && age >= -kBeatFresh;
    if (report_.is_running) return;
    add_problem(
        fmt::format("backstopd is not running: it last lived at {}. Mail flows, unsigned "
                    "and unjudged. See: systemctl status backstopd, journalctl -u backstopd.",
                    render_instant(report_.beat->at)));
  }

  void look_at_keys() {
    const auto loaded = os::KeyStore(config_.keys_directory).load();
    if (!loaded) {
      add_problem("The keys cannot be read: " + loaded.error().text());
      return;
    }
    report_.keys.count = loaded->ring->keys().size();
    if (const proof::Key* key = loaded->ring->emitting()) report_.keys.signs = key->info().id;
    if (report_.keys.signs == 0) {
      add_problem(
          "No key signs, so every domain stays in observe: backstop keys rotate makes one that "
          "does.");
    }
    for (const std::string& note : loaded->notes)
      add_problem("Keys: " + note);
  }

  void look_at_domains() {
    const EnforceOutlook outlook(config_);
    for (const std::string& trouble : outlook.trouble())
      add_problem(trouble);
    const ModesInForce modes = outlook.modes(config_, report_.now);
    for (const auto& [name, domain] : config_.domains) {
      const EnforceQuestion question = outlook.question(&domain);
      DomainStatus status;
      status.domain = outlook.in_force(domain);
      status.unmet = unmet_for_enforce(question, report_.now);
      status.enforceable_from = enforceable_from(question);
      status.domain.mode = modes.config.domains.at(name).mode;
      status.forced_until = modes.config.domains.at(name).forced_until;
      report_.domains.push_back(std::move(status));
    }
    for (const Lapse& lapse : modes.lapses) {
      add_problem(fmt::format("{} is to enforce, and observes: {}. {}.", lapse.subject,
                              lapse.why.what, lapse.why.todo));
      for (DomainStatus& status : report_.domains)
        if (status.domain.name == lapse.subject) status.lapse = lapse.why;
    }
    for (const Forced& forced : modes.forced) {
      add_problem(
          fmt::format("{} enforces by force until {}, although not everything holds: "
                      "genuine bounces may be refused.",
                      forced.subject, render_instant(forced.until)));
    }
    if (config_.domains.empty()) {
      add_problem("No domain is guarded. Begin with: backstop mode example.com observe");
    }
  }

  void look_at_history() {
    if (auto read = read_history(); !read) {
      if (read.error().code == Errc::NotFound && !report_.beat) return;
      add_problem("The history cannot be read: " + read.error().text());
    }
  }

  Result<void> read_history() {
    BS_TRY(store::HistoryReader reader, store::HistoryReader::open(config_.store_directory));
    HistoryStatus status;
    BS_TRY(status.rows, reader.row_count());
    BS_TRY(status.oldest, reader.oldest());
    BS_TRY(status.newest, reader.newest());
    report_.history = status;
    BS_TRY(const auto oldest_count, reader.oldest_count());
    report_.span_days = kSpanDays;
    if (oldest_count) {
      const auto days = std::chrono::ceil<Days>(report_.now - *oldest_count).count();
      report_.span_days = static_cast<unsigned>(std::clamp<std::int64_t>(days, 1, kSpanDays));
    }
    BS_TRY_VOID(add_counts(reader, Days{1}, &DomainStatus::day));
    BS_TRY_VOID(add_counts(reader, kWeek, &DomainStatus::week));
    BS_TRY_VOID(add_counts(reader, Days{kSpanDays}, &DomainStatus::span));
    BS_TRY(const auto losses, reader.losses());
    for (const store::HistoryLoss& loss : losses) {
      if (loss.at < report_.now - Days{1}) break;
      add_problem(fmt::format("The history lost {} before {}, while its disk was full or away.",
                              count_of(loss.count, "row"), render_instant(loss.at)));
    }
    return {};
  }

  Result<void> add_counts(store::HistoryReader& reader, Days span, Totals DomainStatus::* where) {
    // Whole hours: the one that is left out is the one that is half over at the start.
    const Instant from = report_.now - span + std::chrono::hours{1};
    BS_TRY(const auto counts, reader.count(from, report_.now + Days{2}));
    for (const store::HistoryCount& count : counts) {
      const std::string name = mail::canonical_domain(count.domain);
      const auto found =
          std::find_if(report_.domains.begin(), report_.domains.end(),
                       [&](const DomainStatus& status) { return status.domain.name == name; });
      if (found != report_.domains.end()) (*found).*where += count;
    }
    return {};
  }

  void look_at_ledger() {
    if (auto read = read_ledger(); !read) {
      if (read.error().code == Errc::NotFound && !report_.beat) return;
      add_problem("The ledger cannot be read: " + read.error().text());
    }
  }

  Result<void> read_ledger() {
    const std::string path = config_.store_directory + "/" + std::string(store::kLedgerFileName);
    BS_TRY(store::Database database, store::Database::open(path, store::Access::Read));
    BS_TRY_VOID(store::check_schema(database, store::ledger_schema()));
    BS_TRY(const std::int64_t rows, database.read_number("SELECT coalesce(sum(rows),0) FROM days"));
    BS_TRY(const std::int64_t late, database.read_number("SELECT coalesce(sum(late),0) FROM days"));
    BS_TRY(const std::int64_t oldest,
           database.read_number("SELECT coalesce(min(day),-1) FROM days WHERE rows>0"));
    LedgerStatus status{.rows = static_cast<std::uint64_t>(rows),
                        .fingerprints = static_cast<std::uint64_t>(late),
                        .oldest = {}};
    if (oldest >= 0) status.oldest = Instant{Days{oldest}};
    report_.ledger = status;
    return {};
  }

  void look_at_ring() {
    const auto mark = read_ring_mark(config_.store_directory);
    if (!mark || !mark->remade_at) return;
    const Instant until = *mark->remade_at + config_.lifetime;
    if (report_.now >= until) return;
    add_problem(fmt::format(
        "The ring of keys was made anew at {}, so what was sent before cannot be proved: every "
        "domain only observes until {}. If the old ring is still somewhere, put its files back.",
        render_instant(*mark->remade_at), render_instant(until)));
  }

  void look_at_alarms() {
    auto read = read_alarms(config_.store_directory);
    if (!read) {
      add_problem("The alarms cannot be read: " + read.error().text());
      return;
    }
    for (alarm::Standing& standing : *read) {
      const std::string name(alarm::name_of(standing.alarm));
      if (standing.is_open) {
        add_problem(fmt::format("Alarm {} since {}: {}. {}", name, render_instant(standing.since),
                                alarm::info_of(standing.alarm).help,
                                alarm::info_of(standing.alarm).advice));
      }
      if (standing.is_open || standing.end.value_or(Instant{}) >= report_.now - kWeek)
        report_.alarms.push_back(std::move(standing));
    }
  }

  void look_at_canary() {
    report_.has_canary = config_.canary.is_on();
    if (!report_.has_canary) return;
    report_.canary = read_canary_state(config_.store_directory);
    if (!report_.canary || !report_.canary->has_entered) return;
    const CanaryState& state = *report_.canary;
    if (state.failing_since)
      add_problem(fmt::format("The canary fails since {}: {}", render_instant(*state.failing_since),
                              state.trouble));
    // Beside a daemon that does not run, which is said, nothing new is to be expected.
    const bool silent =
        report_.is_running && state.tried &&
        report_.now > *state.tried + 2 * config_.canary.interval + std::chrono::minutes(5) &&
        report_.now > report_.beat->started + 2 * config_.canary.interval;
    if (silent)
      add_problem(
          fmt::format("The canary last ran at {}: see the log of backstopd, and run: "
                      "backstop canary.",
                      render_instant(*state.tried)));
  }

  void look_at_gaps() {
    auto read = os::read_gap_file(config_.store_directory);
    if (!read) {
      add_problem("The signing gaps cannot be read: " + read.error().text());
      return;
    }
    if (read->unreadable > 0) {
      add_problem(fmt::format("The file gaps in {} holds {} that cannot be read.",
                              config_.store_directory, count_of(read->unreadable, "line")));
    }
    for (const proof::SigningGap& gap : read->gaps) {
      if (gap.to < report_.now - kWeek) continue;
      report_.gaps.push_back(gap);
      const bool is_open = report_.is_running && gap.to > report_.now - kGapOpen;
      if (is_open && gap.cause == proof::GapCause::Signing) {
        add_problem("Mail of ours goes out unsigned just now: see the log of backstopd.");
      }
      if (is_open && gap.cause == proof::GapCause::Store) {
        add_problem(
            "What is sent cannot be written down just now: see the log of backstopd and the disk.");
      }
    }
    const auto unseen =
        std::count_if(report_.gaps.begin(), report_.gaps.end(),
                      [](const auto& gap) { return gap.cause == proof::GapCause::Unseen; });
    if (unseen > 0) {
      add_problem(
          "Mail of ours leaves without passing backstopd (unseen, below): find the path that does "
          "not sign, and set up the milter for it.");
    }
    std::reverse(report_.gaps.begin(), report_.gaps.end());
  }

  void look_at_directory() {
    const fs::path folder(config_.store_directory);
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.find(".corrupt-") == name.npos || name.ends_with("-wal") || name.ends_with("-shm")) {
        continue;
      }
      add_problem(fmt::format(
          "{} was damaged and moved aside: see whether the disk is failing; then delete it.",
          entry->path().string()));
    }
    const auto size = [&](std::string_view name) -> std::uint64_t {
      std::uint64_t bytes = 0;
      for (const char* suffix : {"", "-wal"}) {
        std::error_code missing;
        const auto more = fs::file_size(folder / (std::string(name) + suffix), missing);
        if (!missing) bytes += more;
      }
      return bytes;
    };
    report_.ledger_bytes = size(store::kLedgerFileName);
    report_.history_bytes = size(store::kHistoryFile);
    struct statvfs space{};
    if (statvfs(config_.store_directory.c_str(), &space) != 0) return;
    report_.free_bytes = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
    if (report_.free_bytes < kFreeBytesMin) {
      add_problem(fmt::format("Only {} are free for {}: make room.", size_of(report_.free_bytes),
                              config_.store_directory));
    }
  }

  void judge_domains() {
    for (const DomainStatus& status : report_.domains) {
      if (status.domain.mode == policy::Mode::Enforce && !status.forced_until &&
          !status.unmet.empty()) {
        add_problem(fmt::format("{} is in enforce, but not everything that needs is there: {}.",
                                status.domain.name, status.unmet.front().what));
      }
      if (status.day.unsigned_out > 0) {
        add_problem(fmt::format("{} of {} left unsigned in the last day: see the log of backstopd.",
                                count_of(status.day.unsigned_out, "message"), status.domain.name));
      }
    }
  }

  const Basis& basis_;
  const config::Config& config_;
  StatusReport report_;
};

}  // namespace

StatusReport find_status(const Basis& basis) {
  return Survey(basis).run();
}

namespace {

// "safe to enforce from 2026-11-28T06:00:00Z"
std::string say_when(const DomainStatus& status) {
  if (status.unmet.empty())
    return fmt::format("safe to enforce: backstop mode {} enforce", status.domain.name);
  std::optional<Instant> latest;
  for (const Unmet& each : status.unmet) {
    if (!each.until) return "not safe to enforce yet";
    latest = std::max(latest.value_or(*each.until), *each.until);
  }
  return "safe to enforce from " + render_instant(*latest);
}

// "2 senders bypass signing: …; it still needs: …"
std::string say_missing(const std::vector<Unmet>& unmet) {
  std::vector<std::string> bypasses;
  std::vector<std::string> others;
  for (const Unmet& each : unmet) {
    if (each.until) continue;
    (each.name == "path" ? bypasses : others).push_back(each.what);
  }
  std::string out;
  if (!bypasses.empty()) {
    out += fmt::format("; {} {} signing: {}", count_of(bypasses.size(), "sender"),
                       bypasses.size() == 1 ? "bypasses" : "bypass", fmt::join(bypasses, "; "));
  }
  if (!others.empty()) out += fmt::format("; it still needs: {}", fmt::join(others, "; "));
  return out;
}

}  // namespace

std::string say_domain(const DomainStatus& status, unsigned span_days) {
  const Totals& span = status.span;
  const std::string forged =
      group_digits(span.refused + span.would_refuse - span.genuine_would_refuse);
  const std::string genuine = group_digits(span.genuine_would_refuse);
  const std::string in_days = fmt::format("in {}", count_of(span_days, "day"));
  if (status.domain.mode == policy::Mode::Off) return "off: what comes is let alone";
  if (status.domain.mode == policy::Mode::Enforce) {
    return fmt::format("enforce{}; {} forged and {} genuine were or would have been refused {}",
                       status.forced_until ? fmt::format(", by force until {}",
                                                         render_instant(*status.forced_until))
                                           : std::string(),
                       forged, genuine, in_days);
  }
  return fmt::format("observe{}; {}; {} forged and {} genuine would have been refused {}{}",
                     status.lapse ? ", though it is to enforce" : "", say_when(status), forged,
                     genuine, in_days, say_missing(status.unmet));
}

}  // namespace backstop::app
