// Prints, as one JSON object, what the manual and the completion are made from: the commands as
// both programs declare them, the table of options, and the reasons.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "core/alarm/alarm.h"
#include "core/config/config.h"
#include "core/metrics/metric.h"
#include "core/policy/reason.h"

namespace {

using nlohmann::json;

json describe_option(const CLI::Option& option) {
  return {{"names", option.get_positional() ? option.get_name(true) : option.get_name(false, true)},
          {"positional", option.get_positional()},
          {"type", option.get_type_size_max() == 0 ? "" : option.get_type_name()},
          {"default", option.get_default_str()},
          {"required", option.get_required()},
          {"many", option.get_items_expected_max() > 1},
          {"text", option.get_description()}};
}

json describe_command(const CLI::App& app) {
  json out = {{"name", app.get_name()},
              {"text", app.get_description()},
              {"footer", app.get_footer()},
              {"options", json::array()},
              {"commands", json::array()}};
  for (const CLI::Option* const option : app.get_options())
    out["options"].push_back(describe_option(*option));
  for (const CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; }))
    out["commands"].push_back(describe_command(*command));
  return out;
}

json describe_metric(backstop::metrics::Metric metric) {
  const backstop::metrics::Info& info = backstop::metrics::info_of(metric);
  json labels = json::array();
  for (const backstop::metrics::Label label : info.labels)
    if (label != backstop::metrics::Label::None) labels.push_back(name_of(label));
  return {
      {"name", info.name}, {"type", name_of(info.type)}, {"labels", labels}, {"text", info.help}};
}

json describe_programs() {
  CLI::App backstop;
  backstop::app::Chosen chosen;
  backstop::app::declare_backstop(backstop, chosen);
  CLI::App backstopd;
  backstop::app::DaemonChoice choice;
  backstop::app::declare_backstopd(backstopd, choice);
  return {{"backstop", describe_command(backstop)}, {"backstopd", describe_command(backstopd)}};
}

}  // namespace

int main() {
  json out = {{"version", BACKSTOP_VERSION}, {"programs", describe_programs()},
              {"options", json::array()},    {"reasons", json::array()},
              {"metrics", json::array()},    {"alarms", json::array()}};
  for (const backstop::config::Option& option : backstop::config::options()) {
    out["options"].push_back({{"key", option.key},
                              {"form", option.form},
                              {"default", option.standard},
                              {"example", option.example},
                              {"text", option.text}});
  }
  for (unsigned i = 0; i < backstop::policy::reason_count(); ++i)
    out["reasons"].push_back(backstop::policy::name_of(static_cast<backstop::policy::Reason>(i)));
  for (unsigned i = 0; i < backstop::metrics::metric_count(); ++i)
    out["metrics"].push_back(describe_metric(static_cast<backstop::metrics::Metric>(i)));
  for (unsigned i = 0; i < backstop::alarm::alarm_count(); ++i) {
    const backstop::alarm::Info& info =
        backstop::alarm::info_of(static_cast<backstop::alarm::Alarm>(i));
    out["alarms"].push_back({{"name", info.name}, {"text", info.help}, {"advice", info.advice}});
  }
  fmt::print("{}\n", out.dump());
}
