// A temporary rule as people and programs read it.
#pragma once

#include <string>

#include "app/rule_file.h"
#include "app/rule_preview.h"
#include "core/watch/rule.h"

namespace backstop::app {

// Before it is made: what it does, its price, and what it would have done.  `preview` may be null:
// nothing is remembered.  `observes`: the domain does.
std::string render_rule_card(const watch::Rule& rule, const RulePreview* preview, bool observes);
// A table: its head, and a row for each.
std::string render_rule_head();
std::string render_rule_row(const watch::Rule& rule, const RuleCounts& counts, Instant now);
std::string render_rule(const watch::Rule& rule, const RuleCounts& counts, Instant now);
// One object on one line, without its end.
std::string json_of_rule(const watch::Rule& rule, const RuleCounts& counts,
                         const RulePreview* preview, Instant now);

}  // namespace backstop::app
