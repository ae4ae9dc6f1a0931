// What Postfix has to know of tags: by the configuration, by what it knows already, or by what
// `backstop setup --tag` was asked for.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/config/config.h"
#include "edge/mta/postfix.h"
#include "edge/mta/postfix_tags.h"

namespace backstop::app {

struct TagsAsked {
  bool named = false;                    // --tag was given.
  std::optional<proof::TagStyle> style;  // Of --tag; nothing: none.
  bool strict = false;                   // --strict was given.
};

// Without --tag: what any domain has, and what `text` does already.  Errors: Errc::Unsupported when
// Postfix can reach no socket of the map unsign.
Result<mta::PostfixTags> choose_tags(const config::Config& config, const mta::Postfix& postfix,
                                     const mta::PostfixText& text, const TagsAsked& asked);

// Must the mail server know tags of that style: because they were asked for, or else because a
// domain puts them in?
bool wants_tags(const config::Config& config, const TagsAsked& asked, proof::TagStyle style);

// What knows of tags stays in the mail server while answers to tagged senders may come; where
// nobody can tell whether they may, too.  `root`: "/", or the tree that the mail server lives in.
// Errors: Errc::Denied, with what to do; Errc::Invalid, Errc::Limit as read_last_tag.
Result<void> may_forget_tags(const std::string& config_path, const std::string& root, Instant now);

}  // namespace backstop::app
