// What a person must know now.  The one table is alarms.tsv: permanent names, what each means, and
// what to do.  An alarm means the same in the log, as a metric, in `backstop status` and to the
// operator's hooks.
//
// Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/time.h"

namespace backstop::alarm {

enum class Alarm : std::uint8_t {
#define BACKSTOP_ALARM(enumerator, name, lasts, hook, help, advice) enumerator,
#include "core/alarm/alarms.inc"
#undef BACKSTOP_ALARM
};

struct Info {
  std::string_view name;
  Seconds lasts{};        // After it was last raised; 0: until it is said to be over.
  bool hook = true;       // The operator's hooks are told of it.
  std::string_view help;  // What it means.
  std::string_view advice;
};

const Info& info_of(Alarm alarm);
std::string_view name_of(Alarm alarm);
unsigned alarm_count();
// As many as there can ever be; tools/generate.py holds the table to it.
inline constexpr std::size_t kAlarmsMost = 64;
std::optional<Alarm> parse_alarm(std::string_view name);

}  // namespace backstop::alarm
