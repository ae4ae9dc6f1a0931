#include <nlohmann/json.hpp>

#include "app/json_instant.h"
#include "app/simulate_report.h"

namespace backstop::app {
namespace {

nlohmann::json number_of(std::optional<double> found) {
  return found ? nlohmann::json(*found) : nlohmann::json();
}

nlohmann::json json_of(const simulation::Backscatter& counts) {
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
  const nlohmann::json line = {
      {"v", 1},
      {"scenario", report.name},
      {"seed", report.seed},
      {"scale", report.scale},
      {"complete", report.complete},
      {"sent", outcome.sent},
      {"backscatter", json_of(outcome.backscatter)},
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
