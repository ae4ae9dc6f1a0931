#include <nlohmann/json.hpp>

#include "app/json_instant.h"
#include "app/log_report.h"

namespace backstop::app {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const LoggedAttack& attack) {
  return {{"kind", watch::name_of(attack.kind)},
          {"domain", attack.domain.empty() ? Json() : Json(attack.domain)},
          {"first", render_instant(attack.first)},
          {"last", render_instant(attack.last)},
          {"n", attack.n},
          {"clients", attack.clients},
          {"pattern", attack.pattern == watch::AddressPattern::Unknown
                          ? Json()
                          : Json(watch::name_of(attack.pattern))},
          {"factor", attack.factor > 0 ? Json(attack.factor) : Json()},
          {"seen_by", watch::name_of(attack.path)},
          {"stands", attack.stands}};
}

}  // namespace

std::string render_logs_json(const LogReport& report) {
  Json out = {{"v", 1},
              {"lines", report.lines},
              {"connections", report.connections},
              {"first", json_of(report.first)},
              {"last", json_of(report.last)},
              {"null_sender", report.null_sender},
              {"explained", report.explained},
              {"complete", report.complete},
              {"attacks", Json::array()},
              {"attacks_left_out", report.attacks_left_out},
              {"emitted", Json()},
              {"outscatter", Json()}};
  for (const LoggedAttack& attack : report.attacks)
    out["attacks"].push_back(json_of(attack));
  if (report.emitted) {
    out["emitted"] = Json::array();
    for (const Emitted& entry : *report.emitted)
      out["emitted"].push_back(
          {{"to", entry.to}, {"cause", entry.cause}, {"message", entry.message}, {"n", entry.n}});
  }
  if (report.outscatter) {
    out["outscatter"] = Json::array();
    for (const Outscatter& entry : *report.outscatter)
      out["outscatter"].push_back({{"who", entry.who},
                                   {"distinct_senders", entry.distinct_senders},
                                   {"invalid_ratio", entry.invalid_ratio},
                                   {"recipients", entry.recipients}});
  }
  return out.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace backstop::app
