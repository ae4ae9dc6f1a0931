// Completes what a bounce says beyond its kind: its recipients from wherever they stand, the reason
// of each, the product that wrote it, and whether the source knew what it sent back.
//
// Pure and total; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/reading/phrases.h"
#include "core/reading/reading.h"
#include "core/reading/recipient_lines.h"

namespace backstop::reading {

// The lines of the notice's text have to be read for what is missing: only then does
// complete_recipients look at the context.
bool are_lines_wanted(const std::vector<RecipientReport>& recipients);

// `recipients` are those of the report's own part, or of a text of known form; `own_words` is what
// the notice says itself.  Fills what is missing: recipients when there are none, else the status,
// the answering server and the reason of each.
void complete_recipients(std::vector<RecipientReport>& recipients, std::string_view own_words,
                         const NoticeContext& context);

// Sets source_knew and its words, by the recipients or by the phrases of the text.
void note_source_knew(Reading& into, const PhraseHits& words);

// The fields of RFC 3464 that stand in a text, as gateways without MIME write them; empty when it
// has no recipient.
std::vector<RecipientReport> read_status_text(std::string_view text, std::string& reporting_mta);

// Which product wrote a bounce or delay: by its words, else by what one field of its header says.
std::string product_of_words(const PhraseHits& words);
std::string_view product_of_field(std::string_view name, std::string_view value);

}  // namespace backstop::reading
