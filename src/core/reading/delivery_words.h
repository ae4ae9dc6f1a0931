// What mail systems that nobody knows say of a delivery, in any words of their language: the forms
// of "not delivered", "not delivered yet" and "no such mailbox".  Beside the phrases of known
// products (phrases.tsv).
//
// People write so too: a sign only beside others.  Pure and total; any thread.
#pragma once

#include <string_view>

namespace backstop::reading {

struct DeliveryWords {
  bool failed = false;       // Not delivered, undeliverable, returned to its sender.
  bool late = false;         // Not yet, delayed, tried again.
  bool no_such = false;      // A recipient or mailbox that does not exist, or takes nothing more.
  bool mail = false;         // It tells of mail,
  bool parcel = false;       // of what a carrier brings,
  bool own_mailbox = false;  // or of the mailbox of whom it is written to.
  bool any() const { return failed || late; }
};

// `normal`: normal text (normal_text.h), of which limits::kNoticeWordBytes are looked at.
DeliveryWords find_delivery_words(std::string_view normal);

}  // namespace backstop::reading
