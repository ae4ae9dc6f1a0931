// The limits of alarms, their hooks, and the verified feed.  Included by core/base/limits.h.
#pragma once

#include <chrono>
#include <cstddef>

namespace backstop::limits {

// --- Alarms -------------------------------------------------------------------------------------

// The last sentence of an alarm, as it is kept and told.
inline constexpr std::size_t kAlarmSentenceBytes = 1024;
// The file of alarms: a line for each of the table.
inline constexpr std::size_t kAlarmFileBytes = 256 * 1024;
// Lines in the log about one alarm that is raised again and again, in a minute.
inline constexpr unsigned kAlarmLinesPerMinute = 10;
// An alarm that comes and goes is told to the hooks no oftener: a person is to read it.
inline constexpr std::chrono::minutes kAlarmTellAgain{15};
// One that stands is told again after so long, since the first message may have been missed.
inline constexpr std::chrono::hours kAlarmRemind{24};
// An alarm of an earlier life of the daemon, that this one neither raised nor ended, is taken as
// over: twice as long as between two trials.
inline constexpr std::chrono::hours kAlarmEarlierLife{2};
// How long the operator's command may take; it is killed then.
inline constexpr std::chrono::seconds kAlarmCommandWait{30};
// What of its output is looked at.
inline constexpr std::size_t kAlarmCommandOutputBytes = 4096;
// How often it is tried with one message, with a growing wait between.
inline constexpr unsigned kAlarmCommandTries = 3;
// Messages that wait for it: each alarm of the table has three at most.
inline constexpr std::size_t kAlarmQueue = 200;

}  // namespace backstop::limits
