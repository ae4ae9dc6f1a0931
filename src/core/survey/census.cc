#include "core/survey/census.h"

#include <numeric>
#include <utility>

#include "core/base/limits.h"
#include "core/mail/utf8.h"

namespace backstop::survey {
namespace {

std::size_t index_of(reading::Kind kind) {
  return static_cast<std::size_t>(kind);
}

}  // namespace

std::uint64_t sum(const KindCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t sum_backscatter(const KindCounts& counts) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (is_backscatter(static_cast<reading::Kind>(i))) out += counts[i];
  }
  return out;
}

KindCounts& Census::counts_of(std::optional<Day> day) {
  if (!day) return totals_.without_day;
  if (last_counts_ != nullptr && last_day_ == day) return *last_counts_;
  auto found = totals_.days.find(*day);
  if (found == totals_.days.end()) {
    if (totals_.days.size() >= limits::kSurveyDays) return totals_.without_day;
    found = totals_.days.emplace(*day, KindCounts{}).first;
  }
  last_day_ = day;
  last_counts_ = &found->second;
  return *last_counts_;
}

void Census::add(const Sighting& sighting) {
  ++totals_.messages;
  ++totals_.kinds[index_of(sighting.kind)];
  std::optional<Day> day;
  if (sighting.time) day = std::chrono::floor<Days>(*sighting.time);
  ++counts_of(day)[index_of(sighting.kind)];
  if (!is_backscatter(sighting.kind)) return;
  forged_addresses_.add(sighting.forged_address, sighting.time);
  sources_.add(sighting.source, sighting.time);
  if (sighting.bot) bots_.add(sighting.bot->text(), sighting.time);
  languages_.add(sighting.language);
  products_.add(sighting.product);
  if (sighting.reason) reasons_.add(reading::name_of(*sighting.reason));
  if (sighting.source_knew) ++totals_.source_knew;
  if (sighting.genuine) ++(*sighting.genuine ? totals_.genuine : totals_.unproven);
}

void Census::add_ordinary(std::optional<Day> day) {
  ++totals_.messages;
  ++totals_.kinds[index_of(reading::Kind::Ordinary)];
  ++counts_of(day)[index_of(reading::Kind::Ordinary)];
}

bool Census::wants_ordinary() const {
  return totals_.ordinary.size() < limits::kSurveyListed;
}

void Census::list_ordinary(OrdinaryMessage message) {
  if (!wants_ordinary()) return;
  for (std::string* text : {&message.source, &message.from, &message.subject})
    mail::cut_utf8(*text, limits::kSurveyTextBytes);
  totals_.ordinary.push_back(std::move(message));
}

void Census::add_unreadable(UnreadablePlace place) {
  ++totals_.unreadable;
  if (totals_.unreadable_places.size() >= limits::kSurveyListed) return;
  for (std::string* text : {&place.source, &place.what})
    mail::cut_utf8(*text, limits::kSurveyTextBytes);
  totals_.unreadable_places.push_back(std::move(place));
}

Totals Census::totals() const {
  Totals out = totals_;
  out.forged_addresses = forged_addresses_.top(limits::kSurveyListed);
  out.sources = sources_.top(limits::kSurveyListed);
  out.bots = bots_.top(limits::kSurveyListed);
  out.languages = languages_.top(limits::kSurveyListed);
  out.products = products_.top(limits::kSurveyListed);
  out.reasons = reasons_.top(limits::kSurveyListed);
  return out;
}

}  // namespace backstop::survey
