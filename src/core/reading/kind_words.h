// Notices and challenges of programs that nobody knows, by what they say in the words of their
// language (notice_words.h): filters in kind_filter.cc, requests in kind_words.cc.  For
// kind_notice.cc and kind_request.cc, which ask first by products.
//
// Pure; any thread.
#pragma once

#include <optional>

#include "core/reading/kind.h"

namespace backstop::reading {

// A virus, overviews of a quarantine, and refusals in which nothing is asked for.
std::optional<KindDecision> decide_unknown_filter(const Findings& findings);
// One message that was stopped for what it holds or looks like.  Challenges say so of theirs, too:
// where something is asked for, they come first.
std::optional<KindDecision> decide_unknown_refusal(const Findings& findings);
// As lists and newsletters ask for it, on their own.
std::optional<KindDecision> decide_unknown_subscription(const Findings& findings);
std::optional<KindDecision> decide_unknown_challenge(const Findings& findings);

// Of a filter's notice: it is about what the message holds or looks like, and names no virus.
bool names_content_alone(const Findings& findings);
// It speaks of mail in a language that is known, and of no virus.
bool names_no_virus(const Findings& findings);
// It names a virus, and nothing else that it would be about.
bool names_virus_alone(const Findings& findings);

}  // namespace backstop::reading
