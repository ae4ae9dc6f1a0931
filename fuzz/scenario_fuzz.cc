// Any bytes as a scenario: what is read can be scaled and, where it is small, planned and written.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/scenario/plan.h"
#include "core/scenario/scenario.h"
#include "core/scenario/writer.h"

namespace {

// So that one input takes no second.
bool is_small(const backstop::scenario::Scenario& scenario) {
  double amounts = scenario.site.ordinary_per_day + static_cast<double>(scenario.site.users) +
                   static_cast<double>(scenario.site.domains);
  for (const auto& own : scenario.own)
    amounts += own.messages * 400;
  for (const auto& run : scenario.runs)
    amounts += run.answers.value_or(1e9) + static_cast<double>(run.sources + run.names);
  return amounts < 5000;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop::scenario;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto scenario = parse_scenario(text, "fuzz");
  if (!scenario) return 0;
  for (const Expectation& expectation : scenario->expected)
    (void)expectation.holds(expectation.value);
  scale(*scenario, 0.5);
  if (!is_small(*scenario)) return 0;
  const auto plan = make_plan(*scenario, 1);
  if (!plan) return 0;
  const Writer writer(*scenario, 1);
  for (const Event& event : plan->events) {
    BS_ASSERT(event.at < scenario->begins + scenario->lasts);
    if (event.what == Happening::Backscatter) (void)writer.write_backscatter(event);
    if (event.what == Happening::OwnMail) (void)writer.write_own(event);
    if (event.what == Happening::Ordinary) (void)writer.write_ordinary(event);
  }
  return 0;
}
