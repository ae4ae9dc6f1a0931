#include <nlohmann/json.hpp>

#include "app/json_instant.h"
#include "app/simulate_report.h"

namespace backstop::app {
namespace {

nlohmann::json number_of(std::optional<double> found) {
  return found ? nlohmann::json(*found) : nlohmann::json();
}

nlohmann::json backscatter_json(const simulation::Backscatter& counts) {
  return {{"offered", counts.offered},
          {"refused_rcpt", counts.refused_rcpt},
          {"refused_eom", counts.refused_eom},
          {"quarantined", counts.quarantined},
          {"marked", counts.marked},
          {"accepted", counts.accepted},
          {"judged", counts.judged},
          {"returned_enough", counts.returned_enough},
          {"enough_refused", counts.enough_refused},
          {"enough_quarantined", counts.enough_held},
          {"recognised", counts.recognised}};
}

nlohmann::json clock_json(const std::optional<simulation::RunClock>& clock) {
  if (!clock) return {};
  return {{"run", clock->run},
          {"last_activity", json_of(clock->last_activity)},
          {"true_last_activity", render_instant(clock->true_activity)},
          {"told_at", json_of(clock->told_at)},
          {"tail_ends", json_of(clock->tail_ends)},
          {"tail_error_seconds", clock->tail_error.count()},
          {"true_tail_ends", render_instant(clock->true_tail)}};
}

}  // namespace

std::string render_simulate_json(const SimulateReport& report) {
  const simulation::Outcome& outcome = report.outcome;
  nlohmann::json kinds = nlohmann::json::object();
  for (unsigned i = 0; i < reading::kKindCount; ++i) {
    if (outcome.kinds[i] > 0)
      kinds[std::string(reading::name_of(static_cast<reading::Kind>(i)))] = outcome.kinds[i];
  }
  nlohmann::json expected = nlohmann::json::array();
  for (const simulation::Held& held : report.held) {
    expected.push_back({{"expected", held.expectation.text},
                        {"found", number_of(held.found)},
                        {"held", held.holds}});
  }
  nlohmann::json lost = nlohmann::json::array();
  for (const simulation::Lost& each : outcome.lost)
    lost.push_back({{"at", render_instant(each.at)}, {"to", each.recipient}, {"why", each.why}});
  nlohmann::json alarms = nlohmann::json::array();
  for (const simulation::Alarm& alarm : outcome.alarms) {
    alarms.push_back({{"at", render_instant(alarm.at)},
                      {"kind", watch::name_of(alarm.kind)},
                      {"path", watch::name_of(alarm.path)},
                      {"run", alarm.run == 0 ? nlohmann::json() : nlohmann::json(alarm.run)},
                      {"factor", alarm.factor},
                      {"text", alarm.text}});
  }
  const nlohmann::json line = {
      {"v", 1},
      {"scenario", report.name},
      {"seed", report.seed},
      {"scale", report.scale},
      {"complete", report.complete},
      {"sent", outcome.sent},
      {"backscatter", backscatter_json(outcome.backscatter)},
      {"kinds", kinds},
      {"genuine",
       {{"offered", outcome.genuine.offered},
        {"accepted", outcome.genuine.accepted},
        {"quarantined", outcome.genuine.quarantined},
        {"lost", outcome.genuine.lost}}},
      {"ordinary", {{"offered", outcome.ordinary_offered}, {"lost", outcome.ordinary_lost}}},
      {"replayed", outcome.replayed},
      {"unconfirmed", outcome.unconfirmed},
      {"false_bounced", outcome.false_bounced},
      {"alarms", alarms},
      {"seconds_to_alarm", number_of(outcome.seconds_to_alarm)},
      {"clock", clock_json(outcome.clock)},
      {"lost", lost},
      {"expected", expected},
      {"held", report.all_held()},
      {"events", outcome.events},
      {"messages", outcome.messages},
      {"seconds", report.seconds},
      {"cpu_seconds", report.cpu_seconds}};
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace backstop::app
