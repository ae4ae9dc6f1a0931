// Domains that refuse tagged senders, learnt from what they answered: mailing lists that know their
// members by the envelope sender, for one.
//
// A domain is exempt once three tagged messages were refused for their sender, on two days or more,
// from two of our addresses or more; for 90 days from the last refusal.  Nothing of what the other
// side writes names the domain: it is the one of the recipient that our own server logged.
//
// Pure; not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/mail/address.h"

namespace backstop::proof {

inline constexpr std::size_t kTagRefusals = 3;
inline constexpr std::size_t kTagRefusalDays = 2;
inline constexpr std::size_t kTagRefusalSenders = 2;
inline constexpr Days kTagExemptFor{90};
// Refusals further apart than this are not of one cause.
inline constexpr Days kTagRefusalSpan{30};

struct TagRefusal {
  Instant at{};
  std::string domain;  // Of the recipient; canonical.
  std::string sender;  // Ours, without the tag; canonical.
  bool operator==(const TagRefusal&) const = default;
};

struct TagExemption {
  std::string domain;
  Instant until{};
  bool operator==(const TagExemption&) const = default;
};

// Whether a refusal is about the envelope sender, and may so be about its tag; most are about the
// recipient or the content.  `dsn`: "5.1.8"; `text`: what the other side said, as it was logged.
bool blames_sender(std::string_view dsn, std::string_view text);

class TagExemptions {
 public:
  // True when the domain became exempt by it, or for longer.  At most limits::kTagRefusalsKept are
  // kept, the oldest are forgotten first, and as many exemptions.
  bool add(const TagRefusal& refusal);
  // Forgets the domain and its refusals; false when it was not exempt.
  bool remove(std::string_view domain);
  // Forgets what is over at `now`; true when there was any.
  bool expire(Instant now);

  // By domain.
  const std::vector<TagExemption>& exemptions() const { return exemptions_; }

  // One line each: "exempt DOMAIN UNTIL" and "refused DOMAIN TIME SENDER".  Lines that are none are
  // passed over and counted.
  std::string render() const;
  static TagExemptions parse(std::string_view text, unsigned* unreadable = nullptr);

 private:
  void exempt(const std::string& domain, Instant until);

  std::vector<TagExemption> exemptions_;
  std::vector<TagRefusal> refusals_;  // In the order they came.
};

}  // namespace backstop::proof
