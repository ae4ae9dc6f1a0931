#include "core/reading/subject_marks.h"

#include <gtest/gtest.h>

namespace backstop::reading {
namespace {

TEST(SubjectMarks, RepliesAndForwardsOfManyLanguagesAreTold) {
  for (const char* reply : {"re: minutes", "aw: protokoll", "sv: protokoll", "odp: protokół"})
    EXPECT_TRUE(is_reply_or_forward(reply)) << reply;
  for (const char* forward : {"fwd: minutes", "wg: protokoll", "tr: compte rendu", "转发: 记录"})
    EXPECT_TRUE(is_forward(forward)) << forward;
  EXPECT_FALSE(is_forward("re: minutes"));
  for (const char* neither : {"", "minutes", "report: minutes", "resume: mine", "12:30 lunch"})
    EXPECT_FALSE(is_reply_or_forward(neither)) << neither;
}

}  // namespace
}  // namespace backstop::reading
