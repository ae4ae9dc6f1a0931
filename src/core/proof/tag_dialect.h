// Addresses with a tag in their local part, ours or another system's: which part is the tag, and
// the address without it.  Whether a tag is authentic is core/proof/tag.h's to say.
//
// Pure and total; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/mail/address.h"

namespace backstop::proof {

enum class TagDialect : std::uint8_t {
  None,
  Prvs,        // prvs=TAG=user: draft-levine-smtp-batv-01, and most who follow it.
  UserFirst,   // prvs=user=TAG: as its forerunner had it.
  SubAddress,  // user+prvs=TAG: an address that sites with sub-addressing know already.
  Btv1,        // btv1==TAG==user: Barracuda.
  Msprvs1,     // msprvs1=TAG=user: SparkPost.
};
std::string_view name_of(TagDialect dialect);

struct TaggedAddress {
  TagDialect dialect = TagDialect::None;
  std::string tag;      // In the case received; "" without one.
  mail::Address plain;  // The address without its tag, case kept; the whole address without one.
};

// Takes one tag off.  Any case of the marks; the local part of `address` is unquoted, as
// mail::Address has it.
TaggedAddress split_tag(const mail::Address& address);

// True when the mark of any dialect stands somewhere in it, with a tag or without: a second tag
// there would be read for another one.
bool bears_tag_mark(std::string_view local_part);

// KDDDSSSSSS: the ten characters of the draft, in either case.
bool is_draft_tag(std::string_view tag);

// Where a mail server takes tags off before it looks for the recipient it keeps them as the
// original recipient, which has room for them: this type, a semicolon, the tag, '@' and the domain
// it was found at (RFC 3461 §4.2).
inline constexpr std::string_view kOriginalTagType = "x-batv";
// The recipient with the tag that `original_recipient`, the value of ORCPT, keeps, in the draft's
// form; nothing when it keeps none, or one of another domain: servers hand an original recipient on
// when they forward.
std::optional<mail::Address> restore_tag(const mail::Address& recipient,
                                         std::string_view original_recipient);

// A sender that a forwarding or list service made and recognises by itself when it comes back: SRS,
// and VERP with a recipient inside ("list+bob=example.net").
bool is_rewritten_sender(std::string_view local_part);

}  // namespace backstop::proof
