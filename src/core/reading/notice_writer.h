// Who wrote a notice that no phrase of a product settles, and whether it speaks of a delivery.  For
// kind_filter.cc and kind_words.cc.
//
// Pure; any thread.
#pragma once

#include "core/reading/kind.h"

namespace backstop::reading {

struct NoticeWriter {
  bool filter = false;   // Named after a filter, or in the role of one.
  bool machine = false;  // A mail system, or marked as automatic.
  bool strong = false;   // By its envelope or a field of its own: no person, no shop.
  bool role = false;     // A role that programs write under.
  bool trade = false;    // A role of who sells or writes news.
};
NoticeWriter find_writer(const Findings& findings);

// No server's answer speaks in it, no list and no newsletter: what it says in words may count.
bool may_answer_by_words(const Findings& findings);

KindDecision make_decision(const Findings& findings, Kind kind, const NoticeWriter& writer);

}  // namespace backstop::reading
