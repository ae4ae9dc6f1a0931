#include <nlohmann/json.hpp>

#include "app/scan_report.h"

namespace backstop::app {
namespace {

using Json = nlohmann::ordered_json;
using survey::KindCounts;
using survey::Totals;

std::string_view kind_name(std::size_t index) {
  return reading::name_of(static_cast<reading::Kind>(index));
}

// Days since the epoch to "2026-11-21".
std::string render_day(survey::Day day) {
  return render_instant(day).substr(0, 10);
}

Json render_instant_or_null(const std::optional<Instant>& instant) {
  return instant ? Json(render_instant(*instant)) : Json();
}

// Kinds that were met.
void put_counts(Json& into, const KindCounts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) into[kind_name(i)] = counts[i];
  }
}

Json render_kinds(const KindCounts& counts) {
  Json out = Json::object();
  for (std::size_t i = 0; i < counts.size(); ++i)
    out[kind_name(i)] = counts[i];
  return out;
}

Json render_days(const Totals& totals) {
  Json list = Json::array();
  const auto put = [&list](const std::string& day, const KindCounts& counts) {
    Json row = {{"day", day}};
    put_counts(row, counts);
    list.push_back(std::move(row));
  };
  for (const auto& [day, counts] : totals.days)
    put(render_day(day), counts);
  if (survey::sum(totals.without_day) > 0) put("unknown", totals.without_day);
  return list;
}

// [{NAME: ..., n, first, last}]
Json render_dated(const TopNames& top, const char* name) {
  Json list = Json::array();
  for (const Tallied& entry : top.names) {
    list.push_back({{name, entry.name},
                    {"n", entry.n},
                    {"first", render_instant_or_null(entry.first)},
                    {"last", render_instant_or_null(entry.last)}});
  }
  return list;
}

Json render_counted(const TopNames& top) {
  Json out = Json::object();
  for (const Tallied& entry : top.names)
    out[entry.name] = entry.n;
  return out;
}

Json render_ordinary(const Totals& totals) {
  if (!totals.is_mostly_noise()) return {};
  Json list = Json::array();
  for (const survey::OrdinaryMessage& message : totals.ordinary) {
    list.push_back(
        {{"source", message.source}, {"from", message.from}, {"subject", message.subject}});
  }
  return list;
}

Json render_unreadable(const Totals& totals) {
  Json list = Json::array();
  for (const survey::UnreadablePlace& place : totals.unreadable_places) {
    list.push_back({{"source", place.source}, {"offset", place.offset}, {"what", place.what}});
  }
  return list;
}

// Messages that no entry of a list stands for.
Json render_left_out(const Totals& totals) {
  const std::uint64_t ordinary = totals.kinds[static_cast<std::size_t>(reading::Kind::Ordinary)];
  return {{"forged_addresses", totals.forged_addresses.left_out},
          {"sources", totals.sources.left_out},
          {"bots", totals.bots.left_out},
          {"human", totals.is_mostly_noise() ? Json(ordinary - totals.ordinary.size()) : Json()},
          {"unreadable_list", totals.unreadable - totals.unreadable_places.size()}};
}

Json render_score(std::optional<double> score) {
  return score ? Json(*score) : Json();
}

Json render_truth(const survey::TruthTally& truth) {
  Json kinds = Json::object();
  for (std::size_t i = 0; i < truth.scores().size(); ++i) {
    const survey::KindScore& score = truth.scores()[i];
    if (!score.f1()) continue;
    kinds[kind_name(i)] = {{"right", score.right},
                           {"missed", score.missed},
                           {"extra", score.extra},
                           {"precision", render_score(score.precision())},
                           {"recall", render_score(score.recall())},
                           {"f1", render_score(score.f1())}};
  }
  Json confusion = Json::object();
  for (const auto& [label, counts] : truth.confusion()) {
    confusion[label] = Json::object();
    put_counts(confusion[label], counts);
  }
  Json wrong = Json::array();
  for (const survey::WrongMessage& message : truth.wrong_messages()) {
    wrong.push_back({{"source", message.source},
                     {"label", message.label},
                     {"kind", reading::name_of(message.found)}});
  }
  return {{"checked", truth.checked()},     {"wrong", truth.wrong()},
          {"unknown", truth.unknown()},     {"missing", truth.missing()},
          {"kinds", std::move(kinds)},      {"confusion", std::move(confusion)},
          {"wrong_list", std::move(wrong)}, {"missing_list", truth.missing_paths()}};
}

}  // namespace

std::string render_scan_json(const ScanReport& report) {
  const Totals& totals = report.result.totals;
  Json out = {{"v", 1},
              {"complete", report.result.complete},
              {"messages", totals.messages},
              {"bytes", totals.bytes},
              {"seconds", report.seconds},
              {"bodies_read", totals.bodies},
              {"cut", totals.cut},
              {"unreadable", totals.unreadable},
              {"kinds", render_kinds(totals.kinds)},
              {"backscatter", totals.backscatter()},
              {"genuine", report.judged ? Json(totals.genuine) : Json()},
              {"unproven", report.judged ? Json(totals.unproven) : Json()},
              {"source_knew", totals.source_knew}};
  out["by_day"] = render_days(totals);
  out["forged_addresses"] = render_dated(totals.forged_addresses, "address");
  for (Json& entry : out["forged_addresses"])
    entry["state"] = "unknown";
  Json sources = Json::array();
  for (const Tallied& entry : totals.sources.names)
    sources.push_back({{"mta", entry.name}, {"n", entry.n}});
  out["sources"] = std::move(sources);
  out["bots"] = render_dated(totals.bots, "ip");
  out["languages"] = render_counted(totals.languages);
  out["reasons"] = render_counted(totals.reasons);
  out["products"] = render_counted(totals.products);
  out["runs"] = nullptr;
  out["human"] = render_ordinary(totals);
  out["unreadable_list"] = render_unreadable(totals);
  out["left_out"] = render_left_out(totals);
  if (report.checked) out["truth"] = render_truth(report.result.truth);
  // Bytes that are no UTF-8 become U+FFFD.
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace backstop::app
