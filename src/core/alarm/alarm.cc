#include "core/alarm/alarm.h"

#include <array>

namespace backstop::alarm {
namespace {

constexpr auto kInfos = std::to_array<Info>({
#define BACKSTOP_ALARM(enumerator, name, lasts, hook, help, advice) \
  {name, Seconds{lasts}, hook, help, advice},
#include "core/alarm/alarms.inc"
#undef BACKSTOP_ALARM
});

}  // namespace

const Info& info_of(Alarm alarm) {
  return kInfos.at(static_cast<std::size_t>(alarm));
}

std::string_view name_of(Alarm alarm) {
  return info_of(alarm).name;
}

unsigned alarm_count() {
  return static_cast<unsigned>(kInfos.size());
}

std::optional<Alarm> parse_alarm(std::string_view name) {
  for (unsigned i = 0; i < alarm_count(); ++i)
    if (kInfos.at(i).name == name) return static_cast<Alarm>(i);
  return std::nullopt;
}

}  // namespace backstop::alarm
