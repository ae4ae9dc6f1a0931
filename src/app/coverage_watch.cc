#include "app/coverage_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/coverage_file.h"
#include "core/base/escape.h"
#include "core/base/limits.h"
#include "core/coverage/find_sighting.h"
#include "core/coverage/name_paths.h"
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
                             ports::Alarms& alarms, ports::LogSink& log, Instant now)
    : directory_(std::move(directory)),
      surroundings_(surroundings),
      alarms_(alarms),
      log_(log),
      written_(now) {
  read_book(now);
  read_words(now);
  publish();
  // A loss is on the disk before anything else happens: without the file nothing tells of it.
  if (unwritten_) write(now);
}

// Moves the file aside; `domains` are those that are lost, none for all.
void CoverageWatch::lose(const std::string& what, const std::vector<std::string>& domains,
                         Instant now) {
  std::string stamp = render_instant(now);
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  const std::string path = fmt::format("{}/{}", directory_, kCoverageFile);
  std::string aside = fmt::format("{}.corrupt-{}", path, stamp);
  std::error_code error;
  for (unsigned i = 1; std::filesystem::exists(aside, error) && i < limits::kDamagedFiles; ++i)
    aside = fmt::format("{}.corrupt-{}-{}", path, stamp, i);
  std::filesystem::rename(path, aside, error);
  const std::string whose =
      domains.empty()
          ? "no domain counts"
          : fmt::format("{}{} does not count", escape_terminal(domains.front()),
                        domains.size() > 1 ? fmt::format(" and {} more", domains.size() - 1) : "");
  alarms_.raise(alarm::Alarm::CoverageLost,
                fmt::format("{}; {}. What it held is lost, so {} as covered until somebody has "
                            "looked: backstop coverage",
                            escape_terminal(what),
                            error ? "it cannot be moved aside: " + error.message()
                                  : "it is kept as " + escape_terminal(aside),
                            whose));
}

void CoverageWatch::read_book(Instant now) {
  auto book = read_coverage_book(directory_);
  if (!book) {
    lose(book.error().text(), {}, now);
    book_.on_loss(now);
    unwritten_ = true;
    return;
  }
  book_ = *std::move(book);
  const auto damaged = book_.damaged();
  if (damaged.empty()) return;
  lose(fmt::format("{}/{} has lines of no form", directory_, kCoverageFile), damaged, now);
  for (const std::string& domain : damaged)
    book_.on_loss(domain, now);
  unwritten_ = true;
}

// One alarm for both files, which stands while either is in trouble.
void CoverageWatch::tell_trouble() {
  const bool both = !words_trouble_.empty() && !writing_trouble_.empty();
  const std::string trouble = words_trouble_ + (both ? "; " : "") + writing_trouble_;
  if (trouble.empty())
    alarms_.end(alarm::Alarm::CoverageFailing, "both files of coverage are well");
  if (std::exchange(told_, trouble) == trouble || trouble.empty()) return;
  alarms_.raise(alarm::Alarm::CoverageFailing, trouble);
}

void CoverageWatch::read_words(Instant now) {
  known_ = mark_of(directory_, kCoverageWordsFile);
  words_tried_ = now;
  auto words = read_coverage_words(directory_);
  if (words) {
    const std::scoped_lock lock(mutex_);
    words_ = *std::move(words);
    has_words_ = true;
    changed_ = true;
    words_trouble_.clear();
  } else {
    words_trouble_ = fmt::format(
        "{}; {}", escape_terminal(words.error().text()),
        has_words_ ? "the words that were read last stay in force"
                   : "until it can be read nobody's word counts, and no domain as covered");
  }
  tell_trouble();
}

// Nobody knows of which paths the operator said what: then none is known whole.
std::optional<Instant> CoverageWatch::lost() const {
  return has_words_ ? book_.lost() : std::optional(coverage::kNeverSeen);
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

bool CoverageWatch::knows_path(const reading::Reading& reading, const std::string& domain) const {
  const std::vector<coverage::PathName> paths = coverage::name_paths(reading, domain);
  const std::scoped_lock lock(mutex_);
  const auto words = words_.find(domain);
  if (words == words_.end()) return false;
  return std::ranges::any_of(paths, [&](const coverage::PathName& path) {
    const auto said = words->second.said.find(path);
    return said != words->second.said.end() && said->second.word == coverage::Word::Ours;
  });
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

// True for an answer that is to be heard a second time before it counts.  One that never comes
// twice alike counts after a day, like any other.
bool CoverageWatch::takes_doubt(const std::string& domain, const coverage::SpfFindings& findings,
                                Instant now) {
  const coverage::DomainBook* const book = book_.find(domain);
  if (book == nullptr || !book->spf_asked || !coverage::is_doubtful(book->spf, findings))
    return false;
  const auto [doubt, is_new] = spf_doubts_.try_emplace(domain, Doubt{findings, now});
  if (!is_new && (doubt->second.answer == findings || now >= doubt->second.since + kSpfEvery))
    return false;
  doubt->second.answer = findings;
  return true;
}

void CoverageWatch::on_spf(const std::string& domain, const Result<coverage::SpfFindings>& findings,
                           Instant now) {
  {
    const std::scoped_lock lock(mutex_);
    if (!findings) {
      spf_tried_[domain] = now;
      return;
    }
    if (!takes_doubt(domain, *findings, now)) {
      spf_tried_.erase(domain);
      spf_doubts_.erase(domain);
      changed_ = book_.on_spf(domain, *findings, now) || changed_;
      unwritten_ = true;
      return;
    }
    spf_tried_[domain] = now;
  }
  log_.write(
      LogLevel::Info,
      fmt::format("coverage: the SPF record of {} says less than before ({}); it counts when "
                  "it says so again in {} minutes",
                  escape_terminal(domain),
                  !findings->has_record      ? "it is gone"
                  : !findings->fault.empty() ? escape_terminal(findings->fault)
                                             : "a term of it is gone, or lets others send",
                  kSpfRetry.count()));
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
                                        lost()));
    }
  }
  list_.store(std::move(list));
}

coverage::DomainView CoverageWatch::view(const std::string& domain) const {
  const std::scoped_lock lock(mutex_);
  const auto said = words_.find(domain);
  return coverage::find_coverage(domain, book_.find(domain),
                                 said == words_.end() ? nullptr : &said->second, lost());
}

void CoverageWatch::write(Instant now) {
  coverage::Book book;
  {
    const std::scoped_lock lock(mutex_);
    book = book_;
    unwritten_ = false;
  }
  written_ = now;
  const auto left_out = write_coverage_book(directory_, book, now);
  if (!left_out) {
    const std::scoped_lock lock(mutex_);
    unwritten_ = true;
  }
  if (!left_out) {
    writing_trouble_ = fmt::format(
        "what is learnt of the ways in which mail leaves is known in memory only, and tried again "
        "every minute; mail flows: {}",
        escape_terminal(left_out.error().text()));
  } else if (!left_out->empty()) {
    writing_trouble_ = fmt::format(
        "{}/{} has no room for {} domains, {} among them: after a restart they do not count as "
        "covered until somebody has looked",
        escape_terminal(directory_), kCoverageFile, left_out->size(),
        escape_terminal(left_out->front()));
  } else {
    writing_trouble_.clear();
  }
  tell_trouble();
}

void CoverageWatch::beat(Instant now) {
  const bool again =
      !words_trouble_.empty() && (now >= words_tried_ + kCoverageRewrite || now < words_tried_);
  if (mark_of(directory_, kCoverageWordsFile) != known_ || again) read_words(now);
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
  if (unwritten && ((changed && writing_trouble_.empty()) || old)) write(now);
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
