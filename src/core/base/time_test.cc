#include "core/base/time.h"

#include <gtest/gtest.h>

namespace backstop {
namespace {

TEST(Time, ReadsTheFormsOfRfc3339) {
  for (const char* text : {"2026-11-22T04:03:34Z", "2026-11-22t04:03:34z", "2026-11-22 04:03:34Z",
                           "2026-11-22T04:03:34.999Z", "2026-11-22T06:03:34+02:00",
                           "2026-11-21T23:33:34-04:30", " 2026-11-22T04:03:34Z "}) {
    const auto got = parse_instant(text);
    ASSERT_TRUE(got) << text;
    EXPECT_EQ(render_instant(*got), "2026-11-22T04:03:34Z") << text;
    EXPECT_EQ(*got, *parse_instant("2026-11-22T04:03:34Z"));
  }
  EXPECT_EQ(render_instant(*parse_instant("2024-02-29")), "2024-02-29T00:00:00Z");
}

TEST(Time, CountsSecondsFromTheEpoch) {
  EXPECT_EQ(parse_instant("2001-09-09T01:46:40Z")->time_since_epoch().count(), 1'000'000'000);
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026", "2026-13-01", "2025-02-29", "1969-12-31", "2026-11-22T04:03Z",
        "2026-11-22T24:00:00Z", "2026-11-22T04:03:34", "2026-11-22T04:03:34+2:00",
        "2026-11-22T04:03:34.Z", "2026-11-22T04:03:34Zx", "1970-01-01T00:00:00+01:00"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(Time, RefusesWhatAnOffsetLeadsOutOfTheYearsThatCanBeWritten) {
  EXPECT_TRUE(parse_instant("9999-12-31T23:59:59Z"));
  EXPECT_FALSE(parse_instant("9999-12-31T23:59:60Z"));
  EXPECT_FALSE(parse_instant("9999-12-31T23:59:59-01:00"));
  EXPECT_FALSE(parse_instant("1970-01-01T00:00:00+01:00"));
}

TEST(Time, DurationsNeedAUnitAndRoundTrip) {
  EXPECT_EQ(*parse_duration("90s"), Seconds(90));
  EXPECT_EQ(*parse_duration("21d"), Days(21));
  EXPECT_EQ(*parse_duration("2w"), Days(14));
  EXPECT_EQ(*parse_duration("0s"), Seconds(0));
  for (const char* text :
       {"", "5", "d", "-1d", "+1d", "1.5h", "1y", "1 d", "1dd", "99999999999999d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
  for (const char* text : {"90s", "15m", "12h", "21d", "0s"}) {
    EXPECT_EQ(render_duration(*parse_duration(text)), text);
  }
}

}  // namespace
}  // namespace backstop
