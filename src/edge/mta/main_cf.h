// Text of a main.cf (postconf(5)), changed where it must be and nowhere else: comments, order, line
// breaks and line ends stay.
//
// Pure and total; any thread.  Where a parameter stands several times the last counts, as in
// Postfix.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace backstop::mta {

// Stands above the parameters that were not there before.
inline constexpr std::string_view kSectionComment =
    "# Backstop. To take this out again: backstop setup --remove";

// Its value as written, `$name` not replaced, lines joined; nothing when it does not stand there.
std::optional<std::string> find_parameter(std::string_view main_cf, std::string_view name);

// The text with `name = value`: in place of the value there is, else in a section at the end.
std::string with_parameter(std::string_view main_cf, std::string_view name, std::string_view value);
// The text without any line of that parameter.
std::string without_parameter(std::string_view main_cf, std::string_view name);

// The parameter is a list: puts one more element before the others.  As with_parameter where there
// is none.
std::string with_first_element(std::string_view main_cf, std::string_view name,
                               std::string_view element);
// The parameter is a list: takes out the elements that `unwanted` says.
std::string without_elements(std::string_view main_cf, std::string_view name,
                             const std::function<bool(std::string_view)>& unwanted);

// Takes out the section's comment when nothing follows it but other parameters' lines.
std::string without_section_comment(std::string_view main_cf);

}  // namespace backstop::mta
