// What mail programs write before the subjects of replies and forwards, in the languages of their
// users, and the tags that gateways put before those.
//
// Pure and total; runs over the subject of all mail, so each gives up at the first glance.
#pragma once

#include <cstdint>
#include <string_view>

namespace backstop::reading {

enum class SubjectMark : std::uint8_t {
  None,
  Reply,
  Forward,
  Either,  // Of one language a reply, of another a forward: "VS:" of Finnish and of Danish.
};

// `normal_subject`: normal text (normal_text.h).  The first mark counts.
SubjectMark subject_mark(std::string_view normal_subject);

bool is_reply_or_forward(std::string_view normal_subject);
// The same of forwards alone; what may be either is one.
bool is_forward(std::string_view normal_subject);

// Without the tags in square brackets that gateways put before it ("[EXTERNAL]").
std::string_view without_tags(std::string_view subject);

}  // namespace backstop::reading
