#include <nlohmann/json.hpp>

#include "app/json_instant.h"
#include "app/status_report.h"

namespace backstop::app {
namespace {

using Json = nlohmann::json;

Json render_totals(const Totals& totals) {
  return {{"judged", totals.judged},
          {"genuine", totals.genuine},
          {"late", totals.late},
          {"unproven", totals.unproven},
          {"replayed", totals.replayed},
          {"forged", totals.forged},
          {"refused", totals.refused},
          {"would_refuse", totals.would_refuse},
          {"genuine_would_refuse", totals.genuine_would_refuse},
          {"signed", totals.signed_out},
          {"unsigned", totals.unsigned_out}};
}

Json render_domain(const DomainStatus& status, unsigned span_days) {
  Json unmet = Json::array();
  for (const Unmet& one : status.unmet)
    unmet.push_back({{"name", one.name},
                     {"what", one.what},
                     {"todo", one.todo},
                     {"until", json_of(one.until)}});
  return {{"domain", status.domain.name},
          {"mode", policy::name_of(status.domain.mode)},
          {"fell_back", status.lapse.has_value()},
          {"forced_until", json_of(status.forced_until)},
          {"coverage", policy::name_of(status.domain.coverage)},
          {"signing_since", json_of(status.domain.signing_since)},
          {"enforceable_from", json_of(status.enforceable_from)},
          {"may_enforce", status.unmet.empty()},
          {"unmet", std::move(unmet)},
          {"day", render_totals(status.day)},
          {"week", render_totals(status.week)},
          {"span", render_totals(status.span)},
          {"span_days", span_days},
          {"sentence", say_domain(status, span_days)}};
}

Json render_alarms(const std::vector<alarm::Standing>& alarms) {
  Json out = Json::array();
  for (const alarm::Standing& one : alarms) {
    out.push_back({{"name", alarm::name_of(one.alarm)},
                   {"open", one.is_open},
                   {"since", render_instant(one.since)},
                   {"last", render_instant(one.last)},
                   {"end", json_of(one.end)},
                   {"count", one.count},
                   {"sentence", one.sentence},
                   {"help", alarm::info_of(one.alarm).help},
                   {"advice", alarm::info_of(one.alarm).advice}});
  }
  return out;
}

}  // namespace

std::string render_status_json(const StatusReport& report) {
  Json running = {
      {"running", report.is_running}, {"pid", Json()}, {"since", Json()}, {"beat", Json()}};
  if (report.beat) {
    running["beat"] = render_instant(report.beat->at);
    running["pid"] = report.beat->pid;
    if (report.is_running) running["since"] = render_instant(report.beat->started);
  }
  Json domains = Json::array();
  for (const DomainStatus& status : report.domains)
    domains.push_back(render_domain(status, report.span_days));
  Json gaps = Json::array();
  for (const proof::SigningGap& gap : report.gaps) {
    gaps.push_back({{"from", render_instant(gap.from)},
                    {"to", render_instant(gap.to)},
                    {"cause", proof::name_of(gap.cause)}});
  }
  Json ledger;
  if (report.ledger) {
    ledger = {{"rows", report.ledger->rows},
              {"fingerprints", report.ledger->fingerprints},
              {"oldest", json_of(report.ledger->oldest)},
              {"bytes", report.ledger_bytes}};
  }
  Json history;
  if (report.history) {
    history = {{"rows", report.history->rows},
               {"oldest", json_of(report.history->oldest)},
               {"newest", json_of(report.history->newest)},
               {"bytes", report.history_bytes}};
  }
  Json canary;
  if (report.canary && report.canary->has_entered) {
    canary = {{"outcome", name_of(report.canary->outcome)},
              {"passed", json_of(report.canary->passed)},
              {"tried", json_of(report.canary->tried)},
              {"failing_since", json_of(report.canary->failing_since)},
              {"trouble", report.canary->trouble}};
  }
  const Json out = {
      {"v", 1},
      {"good", report.problems.empty()},
      {"daemon", std::move(running)},
      {"keys", {{"signs", report.keys.signs}, {"count", report.keys.count}}},
      {"ledger", std::move(ledger)},
      {"history", std::move(history)},
      {"store", {{"directory", report.store_directory}, {"free_bytes", report.free_bytes}}},
      {"canary", std::move(canary)},
      {"gaps", std::move(gaps)},
      {"domains", std::move(domains)},
      {"alarms", render_alarms(report.alarms)},
      {"problems", report.problems}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace backstop::app
