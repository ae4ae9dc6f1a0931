#include "app/quarantine_expiry.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/quarantine_page.h"
#include "core/base/limits.h"
#include "edge/mta/program.h"
#include "edge/os/service.h"

namespace backstop::app {
namespace {

// A timer runs a little early or late.
constexpr std::chrono::hours kBetweenLetters{23};

// A message is dropped so long after a run first found its time over.
constexpr Days kSecondLook{1};
// Runs come each hour.  After a longer time the host was down, or its clock was set.
constexpr Days kLongestPause{2};

bool is_over(const Held& held, Instant now) {
  return held.is_ours && held.expires <= now;
}

bool has_clock_jumped(const Expiry& expiry) {
  const auto& ran = expiry.book.ran;
  return ran && (expiry.now < *ran || expiry.now - *ran > kLongestPause);
}

// What an earlier run wrote down of it.
std::optional<Instant> overdue_since(const Expiry& expiry, const Held& held) {
  const auto known = expiry.book.entries.find(held.message.queue_id);
  if (known == expiry.book.entries.end() || known->second.arrived != held.message.arrived)
    return std::nullopt;
  // Of a clock that was ahead.
  if (known->second.overdue && *known->second.overdue > expiry.now) return std::nullopt;
  return known->second.overdue;
}

// Its time is over, and was a day ago.
bool may_go(const Expiry& expiry, const Held& held) {
  if (!is_over(held, expiry.now)) return false;
  const auto since = overdue_since(expiry, held);
  return since && expiry.now - *since >= kSecondLook;
}

// "" where no domain is guarded.
std::string postmaster_of(const config::Config& config) {
  if (!config.quarantine_postmaster.empty()) return config.quarantine_postmaster;
  return config.domains.empty() ? "" : "postmaster@" + config.domains.begin()->first;
}

// What is in the queue still stays in the book; what is ours comes in.
void remember(Expiry& expiry, const std::vector<const Held*>& gone) {
  std::map<std::string, transaction::HeldEntry, std::less<>> entries;
  if (expiry.survey.cut) entries = expiry.book.entries;
  for (const Held& held : expiry.survey.held) {
    const std::string& id = held.message.queue_id;
    if (std::find(gone.begin(), gone.end(), &held) != gone.end()) {
      entries.erase(id);
      continue;
    }
    if (held.is_ours && !held.verdict.empty() && !held.kind.empty()) {
      entries[id] = {
          .arrived = held.message.arrived,
          .verdict = held.verdict,
          .kind = held.kind,
          .reasons = held.reasons,
          .overdue = is_over(held, expiry.now)
                         ? std::optional(overdue_since(expiry, held).value_or(expiry.now))
                         : std::nullopt};
    } else if (const auto known = expiry.book.entries.find(id);
               known != expiry.book.entries.end() &&
               known->second.arrived == held.message.arrived) {
      entries[id] = known->second;
    }
  }
  expiry.book.entries = std::move(entries);
}

Result<std::string> tell_postmaster(const Expiry& expiry, const std::vector<const Held*>& held) {
  const std::string to = postmaster_of(expiry.config);
  if (to.empty()) return std::string();
  const std::string letter = render_held_notice({.from = to,
                                                 .to = to,
                                                 .server = std::string(expiry.queue.server()),
                                                 .host = os::host_name(),
                                                 .held = held,
                                                 .expired = expiry.book.expired,
                                                 .days = expiry.config.quarantine_days,
                                                 .now = expiry.now});
  // Queued, not delivered, by the program: the timer's unit may send nothing.
  BS_TRY(const mta::Outcome outcome,
         mta::run_program(expiry.root, {"/usr/sbin/sendmail", "-i", "-odq", "-f", "<>", "--", to},
                          limits::kMtaProgramWait, {.input = letter}));
  if (outcome.exit_code != 0) {
    return fail(Errc::Unavailable, "/usr/sbin/sendmail",
                fmt::format("does not take the letter to {}: {}", to, outcome.words));
  }
  return to;
}

}  // namespace

Expired look_for_expired(const Expiry& expiry) {
  Expired out;
  const bool jumped = has_clock_jumped(expiry);
  for (const Held& held : expiry.survey.held) {
    if (!held.is_ours) continue;
    ++(!jumped && may_go(expiry, held) ? out.expired : out.held);
  }
  return out;
}

Result<Expired> expire(Expiry& expiry) {
  Expired out;
  std::vector<const Held*> gone;
  std::vector<const Held*> left;
  const bool jumped = has_clock_jumped(expiry);
  for (const Held& held : expiry.survey.held) {
    if (!held.is_ours) continue;
    if (jumped || !may_go(expiry, held)) {
      left.push_back(&held);
      continue;
    }
    // The survey reads so many headers only, and ids are used again.
    if (!bears_verdict(expiry.queue, held.message.queue_id)) continue;
    const auto dropped = expiry.queue.drop(held.message);
    if (dropped) {
      gone.push_back(&held);
      ++out.expired;
    } else if (dropped.error().code != Errc::NotFound) {
      left.push_back(&held);
      ++out.failed;
    }
  }
  out.held = left.size();
  remember(expiry, gone);
  expiry.book.expired += out.expired;
  expiry.book.ran = expiry.now;
  // Before the letter: whatever becomes of that, what is held is remembered.
  BS_TRY_VOID(write_held_book(expiry.config.store_directory, expiry.book));
  const bool is_due = !expiry.book.notified || expiry.now < *expiry.book.notified ||
                      expiry.now - *expiry.book.notified >= kBetweenLetters;
  const bool has_news = !left.empty() || expiry.book.expired > 0;
  if (!expiry.config.quarantine_notifies || !is_due || !has_news) return out;
  BS_TRY(out.told, tell_postmaster(expiry, left));
  if (out.told.empty()) return out;
  expiry.book.notified = expiry.now;
  expiry.book.expired = 0;
  BS_TRY_VOID(write_held_book(expiry.config.store_directory, expiry.book));
  return out;
}

}  // namespace backstop::app
