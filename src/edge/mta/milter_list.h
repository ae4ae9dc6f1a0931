// Lists of milters as smtpd_milters holds them: sockets, or groups "{ socket, name=value, … }"
// (Postfix 3.0 and later).
//
// Pure and total; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backstop::mta {

// The elements of a list, groups with their braces.
std::vector<std::string> split_list(std::string_view list);
// Joined by ", ".
std::string join_list(const std::vector<std::string>& elements);

// "unix:backstop/milter.sock" of "{ unix:backstop/milter.sock, default_action=accept }".
std::string socket_of(std::string_view element);
// The value that a group gives to `name`.
std::optional<std::string> setting_of(std::string_view element, std::string_view name);

// Do both name one socket?  "local:" is "unix:", and a path without a leading '/' stands below
// `queue_directory`.
bool is_same_socket(std::string_view a, std::string_view b, std::string_view queue_directory);

}  // namespace backstop::mta
