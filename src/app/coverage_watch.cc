#include "app/coverage_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/coverage_file.h"
#include "core/base/escape.h"
#include "core/base/limits.h"
#include "core/coverage/find_sighting.h"
#include "core/mail/address.h"
#include "core/proof/signing_gap.h"

namespace backstop::app {
namespace {

using ports::LogLevel;

// How often the SPF records are asked for, and how soon again after nobody answered.
constexpr std::chrono::hours kSpfEvery{24};
constexpr std::chrono::minutes kSpfRetry{15};

bool is_watched(const config::Domain* domain) {
  return domain != nullptr && domain->mode != policy::Mode::Off;
}

}  // namespace

CoverageWatch::CoverageWatch(std::string directory, const ports::SurroundingsSource& surroundings,
                             ports::LogSink& log, Instant now)
    : directory_(std::move(directory)), surroundings_(surroundings), log_(log), written_(now) {
  read_book(now);
  read_words(now);
  publish();
}

void CoverageWatch::move_aside(std::string_view name, const Error& why, Instant now) {
  std::string stamp = render_instant(now);
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  const std::string path = fmt::format("{}/{}", directory_, name);
  std::string aside = fmt::format("{}.corrupt-{}", path, stamp);
  std::error_code error;
  for (unsigned i = 1; std::filesystem::exists(aside, error) && i < limits::kDamagedFiles; ++i)
    aside = fmt::format("{}.corrupt-{}-{}", path, stamp, i);
  std::filesystem::rename(path, aside, error);
  log_.write(LogLevel::Alarm,
             fmt::format("alarm: coverage: {}; {}. What it held is lost, so no domain counts as "
                         "covered until somebody has looked: backstop coverage",
                         escape_terminal(why.text()),
                         error ? "it cannot be moved aside: " + error.message()
                               : "it is kept as " + escape_terminal(aside)));
}

void CoverageWatch::read_book(Instant now) {
  auto book = read_coverage_book(directory_);
  if (book) {
    book_ = *std::move(book);
    return;
  }
  move_aside(kCoverageFile, book.error(), now);
  book_ = {};
  book_.on_loss(now);
  unwritten_ = true;
}

CoverageWatch::Mark CoverageWatch::mark() const {
  std::error_code error;
  const std::string path = fmt::format("{}/{}", directory_, kCoverageWordsFile);
  const auto written = std::filesystem::last_write_time(path, error);
  if (error) return {};
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? Mark{} : Mark{written, bytes};
}

// Words that cannot be read are none: paths that were settled are open again.
void CoverageWatch::read_words(Instant now) {
  known_ = mark();
  auto words = read_coverage_words(directory_);
  if (!words) {
    if (words.error().code == Errc::Invalid) {
      move_aside(kCoverageWordsFile, words.error(), now);
      known_ = mark();
    } else {
      log_.write(LogLevel::Alarm, fmt::format("alarm: coverage: {}; what was said of paths does "
                                              "not count",
                                              escape_terminal(words.error().text())));
    }
  }
  const std::scoped_lock lock(mutex_);
  words_ = words ? *std::move(words) : coverage::Words{};
  changed_ = true;
}

bool CoverageWatch::is_settled(const std::string& domain, const coverage::PathName& path) const {
  const auto of_domain = words_.find(domain);
  if (of_domain == words_.end()) return false;
  const auto said = of_domain->second.said.find(path);
  return said != of_domain->second.said.end() && said->second.word != coverage::Word::Later;
}

void CoverageWatch::on_record(const transaction::Record& record, std::string_view /*queue_id*/) {
  if (record.direction == transaction::Direction::Outgoing) {
    if (!record.sender_address || !record.sender_is_ours) return;
    const std::string domain = mail::canonical_domain(record.sender_address->domain);
    const std::scoped_lock lock(mutex_);
    changed_ = book_.on_outgoing(domain, record.is_signed, record.at) || changed_;
    unwritten_ = true;
    return;
  }
  if (record.direction != transaction::Direction::Inbound || record.reading == nullptr) return;
  for (const auto& [recipient, is_ours] : record.recipient_addresses) {
    if (is_ours) on_sighting(record, recipient);
  }
}

void CoverageWatch::on_sighting(const transaction::Record& record, const mail::Address& recipient) {
  const std::string domain = mail::canonical_domain(recipient.domain);
  const transaction::Surroundings in_force = surroundings_.current();
  const config::Domain* const configured = in_force.config->find_domain(domain);
  if (!is_watched(configured)) return;
  const auto since = coverage::signing_since_in_force(*configured, in_force.coverage.get());
  const std::scoped_lock lock(mutex_);
  const coverage::DomainBook* const book = book_.find(domain);
  auto sighting = coverage::find_sighting(
      {.reading = *record.reading,
       .facts = record.facts,
       .signature = record.signature,
       .domain = domain,
       .at = record.at},
      since, book == nullptr ? std::vector<coverage::SpfPlace>() : book->spf.places, own_);
  if (!sighting) return;
  sighting->address = mail::canonical(recipient);
  changed_ = book_.on_sighting(domain, *sighting, is_settled(domain, sighting->path)) || changed_;
  unwritten_ = true;
}

void CoverageWatch::on_logged(const LoggedSending& sending) {
  const auto address = mail::parse_path(sending.sender);
  if (!address || address->is_null()) return;
  const std::string domain = mail::canonical_domain(address->domain);
  const transaction::Surroundings in_force = surroundings_.current();
  if (!is_watched(in_force.config->find_domain(domain))) return;
  // What left while we were down did so for that reason, whatever path it took.
  const bool explained = !sending.is_signed && in_force.gaps != nullptr &&
                         std::ranges::any_of(*in_force.gaps, [&](const proof::SigningGap& gap) {
                           return gap.cause != proof::GapCause::Unseen &&
                                  sending.at >= gap.from - kLoggedGapMargin &&
                                  sending.at <= gap.to + kLoggedGapMargin;
                         });
  if (explained) return;
  const std::scoped_lock lock(mutex_);
  changed_ = book_.on_logged(domain, sending.path, mail::canonical(*address), sending.is_signed,
                             sending.at) ||
             changed_;
  unwritten_ = true;
}

void CoverageWatch::on_spf(const std::string& domain, const Result<coverage::SpfFindings>& findings,
                           Instant now) {
  const std::scoped_lock lock(mutex_);
  if (!findings) {
    spf_tried_[domain] = now;
    return;
  }
  spf_tried_.erase(domain);
  changed_ = book_.on_spf(domain, *findings, now) || changed_;
  unwritten_ = true;
}

Instant CoverageWatch::spf_due(const std::string& domain) const {
  const std::scoped_lock lock(mutex_);
  const auto tried = spf_tried_.find(domain);
  if (tried != spf_tried_.end()) return tried->second + kSpfRetry;
  const coverage::DomainBook* const book = book_.find(domain);
  return book == nullptr || !book->spf_asked ? Instant{} : *book->spf_asked + kSpfEvery;
}

void CoverageWatch::set_own_places(coverage::OwnPlaces own) {
  const std::scoped_lock lock(mutex_);
  own_ = std::move(own);
}

coverage::OwnPlaces CoverageWatch::own_places() const {
  const std::scoped_lock lock(mutex_);
  return own_;
}

// Signing begins anew after a gap that was no short one, once it is over.
void CoverageWatch::see_rests(Instant now) {
  const auto gaps = surroundings_.current().gaps;
  if (gaps == nullptr) return;
  const std::scoped_lock lock(mutex_);
  for (const proof::SigningGap& gap : *gaps) {
    if (gap.cause == proof::GapCause::Unseen || gap.to <= rested_) continue;
    if (book_.on_rest(gap.from, gap.to)) changed_ = unwritten_ = true;
  }
  rested_ = now;
}

void CoverageWatch::publish() {
  auto list = std::make_shared<coverage::CoverageList>();
  {
    const std::scoped_lock lock(mutex_);
    changed_ = false;
    for (const auto& [name, book] : book_.domains()) {
      const auto said = words_.find(name);
      list->add(coverage::find_coverage(name, &book, said == words_.end() ? nullptr : &said->second,
                                        book_.lost()));
    }
  }
  list_.store(std::move(list));
}

coverage::DomainView CoverageWatch::view(const std::string& domain) const {
  const std::scoped_lock lock(mutex_);
  const auto said = words_.find(domain);
  return coverage::find_coverage(domain, book_.find(domain),
                                 said == words_.end() ? nullptr : &said->second, book_.lost());
}

void CoverageWatch::write(Instant now) {
  coverage::Book book;
  {
    const std::scoped_lock lock(mutex_);
    book = book_;
    unwritten_ = false;
  }
  written_ = now;
  const auto written = write_coverage_book(directory_, book);
  if (!written) {
    const std::scoped_lock lock(mutex_);
    unwritten_ = true;
  }
  const std::string trouble = written ? std::string() : written.error().text();
  if (std::exchange(trouble_, trouble) == trouble) return;
  if (written) {
    log_.write(LogLevel::Info, "coverage: what is learnt is written again");
  } else {
    log_.write(LogLevel::Alarm,
               fmt::format("alarm: coverage: what is learnt is known in memory only, and tried "
                           "again every minute; mail flows: {}",
                           escape_terminal(trouble)));
  }
}

void CoverageWatch::beat(Instant now) {
  if (mark() != known_) read_words(now);
  see_rests(now);
  bool changed = false;
  bool unwritten = false;
  {
    const std::scoped_lock lock(mutex_);
    changed = changed_;
    unwritten = unwritten_;
  }
  if (changed) publish();
  const bool old = now >= written_ + kCoverageRewrite || now < written_;
  if (unwritten && ((changed && trouble_.empty()) || old)) write(now);
}

void CoverageWatch::rest() {
  bool unwritten = false;
  {
    const std::scoped_lock lock(mutex_);
    unwritten = unwritten_;
  }
  if (unwritten) write(written_);
}

}  // namespace backstop::app
