// Text as phrases are searched in it: UTF-8 in lower case, every run of white space (no-break and
// ideographic ones too) one space, every run of digits one '0', full-width forms narrow,
// typographic apostrophes, quotes and dashes plain, soft hyphens and zero-width characters gone.
// Lines quoted with '>' or "| " are left out: they are not the writer's own words.
//
// Pure and total: what is no UTF-8 stays as it is.
#pragma once

#include <string>
#include <string_view>

namespace backstop::reading {

// At most limits::kNoticeTextBytes of `utf8` are looked at.
std::string render_normal(std::string_view utf8);
// A header field's text: the same, but nothing is taken for a quoted line.
std::string render_normal_line(std::string_view utf8);

}  // namespace backstop::reading
